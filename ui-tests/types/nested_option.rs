//! An `Option` of an `Option` has two values for `null`.

use dashoptimize::{FieldType, signature};

#[signature]
struct Find {
    #[input]
    text: String,
    #[output]
    directly: Option<Option<String>>,
    #[output]
    in_a_list: Vec<Option<Box<Option<u8>>>>,
}

#[derive(Clone, Debug, FieldType)]
struct Place {
    city: std::option::Option<Option<String>>,
}

#[derive(Clone, Debug, FieldType)]
enum Maybe {
    Some(Option<Option<u8>>),
    None,
}

fn main() {
    let _ = |output: FindOutput| (output.directly.is_some(), output.in_a_list.len());
    let _ = (Maybe::None, Maybe::Some(None));
    let _ = |place: Place| place.city;
}
