//! All macros work inside a function, on types that nobody else sees.

use dashoptimize::signature::Signature;
use dashoptimize::{FieldType, module, signature};

fn main() {
    #[derive(Clone, Debug, PartialEq, FieldType)]
    enum Mood {
        Good,
        Bad,
    }

    #[signature]
    struct Feel {
        #[input]
        text: String,
        #[output]
        mood: Mood,
    }

    module!(
        type Feeling = Predict<Feel>;
    );

    let (input, output) = Feel {
        text: "fine".to_owned(),
        mood: Mood::Good,
    }
    .split();
    assert_eq!(input, FeelInput { text: "fine".to_owned() });
    assert_ne!(output, FeelOutput { mood: Mood::Bad });
    let _ = |lm: dashoptimize::lm::Lm| Feeling::new(lm);
}
