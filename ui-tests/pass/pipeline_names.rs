//! Raw identifiers, docs, `cfg` and `deprecated`, names that the expansion uses too, callers that are macros.

#![deny(warnings)]
#![allow(dead_code)]

use dashoptimize::{pipeline, signature};

#[signature]
struct Ask {
    #[input]
    r#type: String,
    #[output]
    r#match: String,
}

pipeline!(
    /// Docs of the program.
    #[must_use]
    fn Raw(
        /// Docs of an input.
        r#type: String,
    ) -> String {
        /// Docs of a step.
        let r#loop = Predict::<Ask> { r#type };
        r#loop.r#match
    }

    #[cfg(any())]
    fn Gone(question: String) -> String {
        let nothing = Missing { question };
        nothing
    }

    #[deprecated]
    #[allow(deprecated)]
    fn Old(r#type: String) -> String {
        let old = Predict::<Ask> { r#type };
        old.r#match
    }
);

// Names of the prelude, of std and of the expansion.
mod shadows {
    #[derive(Clone, Copy)]
    struct Option;
    struct Result;
    struct Vec;
    struct String;
    struct Ok;

    fn join() -> Option {
        let _ = (Result, Vec, String, Ok);
        Option
    }

    dashoptimize::pipeline!(
        fn Shadowed(slot: u8, context: u8, input: u8) -> u8 {
            let output = slot + context;
            let read = input;
            let made = join();
            let _unused = made;
            output + read
        }
    );
}

macro_rules! ask {
    ($name:ident, $module:ident, $field:ident, $ty:ty) => {
        pipeline!(
            fn $name($field: $ty) -> std::string::String {
                let answer = $module { $field };
                answer.r#match
            }
        );
    };
}

dashoptimize::module!(
    type Asker = Predict<Ask>;
);

ask!(ByMacro, Asker, r#type, String);

fn main() {
    let _ = dashoptimize::graph::Graph::to_dot(Raw::GRAPH);
    let _ = ByMacro::GRAPH.to_mermaid();
}
