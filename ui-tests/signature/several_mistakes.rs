//! One build reports all of them.

use dashoptimize::signature;

/// Rate the text.
#[signature(instruction = "Rate the text.")]
struct Rate {
    #[inptu]
    text: String,
    language: String,
    #[output(chek(0.0..=1.0), desc = 3)]
    score: f64,
    #[output(check(5..=1))]
    stars: u8,
}

#[signature]
struct Qa {
    #[input]
    question: String,
}

fn main() {
    let _ = RateInput { text: String::new(), language: String::new() };
    let _ = |output: RateOutput| output.score + f64::from(output.stars);
    let _ = QaInput { question: String::new() };
}
