//! Pieces that a `macro_rules!` hands on are read like any other.

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

rated!(Rate, "Rate the text.", Vec<String>, 1..=5, 2, rating);
modules!(Rater: Rate);
moods!(Good = "good", Bad = "bad");

fn main() {
    assert_eq!(Rate::SPEC.instructions, "Rate the text.");
    assert_eq!(Rate::SPEC.fields[0].desc, "Rate the text.");
    assert_eq!(Rate::SPEC.fields[1].name, "stars");
    let range = Constraint::Range { min: 1.0, max: 5.0 };
    assert_eq!(Rate::SPEC.fields[1].checks[0].constraint, range);
    let _ = |lm: dashoptimize::lm::Lm| Rater::new(lm);
}
