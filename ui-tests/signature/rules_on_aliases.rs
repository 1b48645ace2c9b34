//! The macro cannot see through an alias, so constants that the compiler evaluates check such fields.

use dashoptimize::signature;

type Stars = f64;
type Words = String;

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output(check(len(1..=5)))]
    len_on_number: Stars,
    #[output(check(1..=200))]
    range_on_text: Words,
}

fn main() {
    let _ = |text| RateInput { text }.text.len();
    let _ = |output: RateOutput| (output.len_on_number + 1.0, output.range_on_text.len());
}
