//! A field of a type that does not derive `FieldType`, directly and inside others.

use dashoptimize::signature;
use dashoptimize::signature::Signature;

struct Secret;

#[signature]
struct Plain {
    #[input]
    question: String,
    #[output]
    answer: Secret,
}

#[signature]
struct Inside {
    #[input]
    question: String,
    #[output]
    answers: Vec<Option<Secret>>,
}

fn main() {
    let _ = |question, output: PlainOutput| (PlainInput { question }, output.clone().answer);
    let _ = |question, output: InsideOutput| (InsideInput { question }, output.clone().answers.len());
    let _ = (Plain::SPEC, Inside::SPEC);
}
