use dashoptimize::evaluate::Example;
use dashoptimize::signature;

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: String,
}

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output]
    score: f64,
}

fn example_of<E: Example<I>, I>() {}

fn main() {
    example_of::<Qa, QaInput>();
    example_of::<Rate, QaInput>();
}
