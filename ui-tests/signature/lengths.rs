//! `len(…)` as a rule is for texts, lists and maps. Each field is named by the mistake in its attribute.

use dashoptimize::signature;

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output(check(len(-1..=200)))]
    negative: String,
    #[output(check(len(1..)))]
    on_bool: bool,
    #[output(check(len(1..=5)))]
    on_number: f64,
    #[output(check(len(), len(3)))]
    without_range: String,
}

fn main() {
    let _ = |text| RateInput { text }.text.len();
    let _ = |output: RateOutput| (output.negative.len(), !output.on_bool, output.on_number + 1.0);
    let _ = |output: RateOutput| output.without_range.len();
}
