//! Values in attributes are type-checked where they stand.

use dashoptimize::signature;

const SHORT: usize = 3;

fn is_short(answer: &Vec<String>) -> bool {
    answer.len() < 20
}

fn length(answer: &str) -> usize {
    answer.len()
}

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output(desc = SHORT)]
    description: String,
    #[output(check(is_short, "must be short"))]
    test_of_other_type: String,
    #[output(check(length, "must be short"))]
    test_without_verdict: String,
}

fn main() {
    let _ = |question| QaInput { question }.question.len();
    let _ = |output: QaOutput| (output.description.len(), output.test_of_other_type.len());
    let _ = |output: QaOutput| output.test_without_verdict.len();
}
