//! Rules that no value of the field can keep, or with ends that no value is. Each field is named by the mistake.

use dashoptimize::signature;

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output(assert(-5..=-1))]
    below: u8,
    #[output(check(0..=300))]
    above: u8,
    #[output(check(0.5..=1.5))]
    between: Option<u32>,
    #[output(check(1..=5), assert(7..=9))]
    apart: u8,
    #[output(check(0.0..=0.2, 0.3..=1.0))]
    apart_in_one: f64,
    #[output(check(len(1..=3)), check(len(5..)))]
    lengths: Vec<String>,
}

fn main() {
    let _ = |text| RateInput { text };
    let _ = |output: RateOutput| output.below + output.above + output.apart;
    let _ = |output: RateOutput| (output.between, output.apart_in_one, output.lengths.len());
}
