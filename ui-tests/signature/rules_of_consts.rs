//! The ends of a range of whole numbers are of the type of the field.

use dashoptimize::{FieldType, signature};

const MOST: f64 = 5.0;
const LEAST: i64 = -3;
const HALF: f64 = 0.5;

#[derive(Clone, Debug, FieldType)]
struct Stars(u8);

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output(check(1..=MOST))]
    of_floats: u8,
    #[output(check(LEAST..))]
    of_signed: u8,
    #[output(check(HALF..=5))]
    of_alias: Stars,
    #[output(check(MOST..=HALF))]
    empty: f64,
}

fn main() {
    let _ = |text| RateInput { text };
    let _ = |output: RateOutput| (output.of_floats, output.of_signed, output.of_alias.0, output.empty);
}
