//! Values that belong to another signature than the module.

include!("../fixtures/triage.rs");

#[signature]
struct Other {
    #[input]
    message: String,
    #[output]
    intent: String,
}

fn rows() -> Vec<Other> {
    Vec::new()
}

module!(
    #[with(demos = rows())]
    type Demos = Predict<Triage>;
);

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn grade(input: &QaInput, output: &QaOutput) -> bool {
    input.question.len() < output.answer.len()
}

module!(
    #[with(reward = grade)]
    type Reward = BestOfN<Predict<Triage>>;
);

fn main() {
    call!(Demos, Reward);
}
