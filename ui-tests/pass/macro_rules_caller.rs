//! Fragments that a `macro_rules!` passes on are read like any other tokens.

use dashoptimize::signature::{Constraint, Signature};

macro_rules! rated {
    ($name:ident, $doc:literal, $ty:ty, $range:expr, $least:expr, $field:ident) => {
        #[doc = $doc]
        #[dashoptimize::signature]
        pub struct $name {
            #[input(desc = $doc)]
            pub text: $ty,
            #[output(check($range), assert(len($least..)), rename = "stars")]
            pub $field: serde_json::Value,
        }
    };
}

macro_rules! modules {
    ($($name:ident: $signature:ty),*) => {
        dashoptimize::module!($(pub type $name = Predict<$signature>;)*);
    };
}

macro_rules! moods {
    ($($mood:ident = $name:literal),*) => {
        #[derive(Clone, Debug, PartialEq, dashoptimize::FieldType)]
        pub enum Mood {
            $(#[field(rename = $name)] $mood),*
        }
    };
}

macro_rules! tools {
    ($($name:ident($argument:ident: $ty:ty) = $doc:literal),*) => {
        $(
            #[doc = $doc]
            #[dashoptimize::tool(name = $doc)]
            fn $name($argument: $ty) -> $ty {
                $argument
            }
        )*

        fn all() -> Vec<std::sync::Arc<dyn dashoptimize::tool::Tool>> {
            dashoptimize::tools![$($name),*]
        }
    };
}

rated!(Rate, "Rate the text.", Vec<String>, 1..=5, 2, rating);
modules!(Rater: Rate);
moods!(Good = "good", Bad = "bad");

tools!(echo(text: &str) = "again", double(number: Vec<u8>) = "twice");

fn main() {
    let names: Vec<String> = all().iter().map(|tool| tool.spec().name.to_string()).collect();
    assert_eq!(names, ["again", "twice"]);
    assert_eq!(Rate::SPEC.instructions, "Rate the text.");
    assert_eq!(Rate::SPEC.fields[0].desc, "Rate the text.");
    assert_eq!(Rate::SPEC.fields[1].name, "stars");
    let range = Constraint::Range { min: 1.0, max: 5.0 };
    assert_eq!(Rate::SPEC.fields[1].checks[0].constraint, range);
    let _ = |lm: dashoptimize::lm::Lm| Rater::new(lm);
}
