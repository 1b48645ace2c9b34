//! An output is in every row, or in none: `gold = none`.

use dashoptimize::signature;

#[signature]
struct Triage {
    #[input(gold = none)]
    message: String,
    #[output(gold)]
    without_value: f64,
    #[output(gold = 0.5)]
    of_value: f64,
    #[output(gold = optional)]
    of_other_word: f64,
}

fn main() {
    let _ = |message| TriageInput { message };
    let _ = |output: TriageOutput| output.without_value + output.of_value + output.of_other_word;
}
