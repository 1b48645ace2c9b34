//! All macros work inside a function, on types that are local to it.

use dashoptimize::evaluate::Example;
use dashoptimize::{FieldType, module, signature, tool, tools};

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

    #[tool]
    fn lift(mood: &Mood) -> Mood {
        match mood {
            Mood::Bad => Mood::Good,
            good => good.clone(),
        }
    }

    assert_eq!(lift(&Mood::Bad), Mood::Good);
    assert_eq!(tools![lift].len(), 1);

    let row = Feel {
        text: "fine".to_owned(),
        mood: Mood::Good,
    };
    assert_eq!(row.input(), FeelInput { text: "fine".to_owned() });
    assert_ne!(FeelOutput { mood: row.mood }, FeelOutput { mood: Mood::Bad });
    let _ = |lm: dashoptimize::lm::Lm| Feeling::new(lm);
}
