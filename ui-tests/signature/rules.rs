//! What may stand in `check(…)` and `assert(…)`. Each field is named by the mistake in its attribute.

use dashoptimize::signature;

fn is_short(answer: &str) -> bool {
    answer.len() < 20
}

#[signature]
struct Rate {
    #[input(check(len(1..=200)))]
    input: String,
    #[output(check, assert())]
    empty: String,
    #[output(check(0.5))]
    unknown: f64,
    #[output(check(length(1..=5)))]
    len_misspelled: f64,
    #[output(check(is_short), assert(is_short, len(1..)))]
    test_without_words: String,
    #[output(check("must be short"))]
    words_without_test: String,
}

fn main() {
    let _ = |input| RateInput { input }.input.len();
    let _ = |output: RateOutput| (output.empty.len(), output.unknown + output.len_misspelled);
    let _ = |output: RateOutput| (output.test_without_words.len(), output.words_without_test.len());
}
