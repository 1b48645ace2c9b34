//! Inputs and outputs implement `PartialEq` if their fields do; a field that does not is not an error.

use dashoptimize::{FieldType, signature};

#[derive(Clone, Debug, FieldType)]
struct Blob {
    bytes: Vec<u8>,
}

#[signature]
struct Look {
    #[input]
    image: Blob,
    #[output]
    seen: String,
}

fn main() {
    let seen = || LookOutput { seen: "cat".to_owned() };
    assert_eq!(seen(), seen());
    let _ = LookInput { image: Blob { bytes: vec![1] } }.clone();
}
