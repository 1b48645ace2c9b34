//! A range as a rule is for numbers. Each field is named by the mistake in its attribute.

use dashoptimize::signature;

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output(check(1.0..=0.0))]
    empty: f64,
    #[output(check(0.0..1.0))]
    half_open: f64,
    #[output(check(0.0..=))]
    not_finished: f64,
    #[output(check("a"..="b"))]
    of_texts: f64,
    #[output(check(1..=5))]
    on_list: Option<Vec<String>>,
    #[output(check(1..=200))]
    on_text: String,
    #[output(assert(..))]
    without_ends: f64,
}

fn main() {
    let _ = |text| RateInput { text }.text.len();
    let _ = |output: RateOutput| output.empty + output.half_open + output.not_finished;
    let _ = |output: RateOutput| output.of_texts + output.without_ends;
    let _ = |output: RateOutput| (output.on_list.is_some(), output.on_text.len());
}
