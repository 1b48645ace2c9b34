//! What serde would do to the JSON and `FieldType` does not is an error, unless it is meant.

use dashoptimize::FieldType;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, FieldType)]
#[serde(tag = "type")]
enum Tagged {
    Circle { radius: f64 },
}

#[derive(Clone, Debug, Serialize, Deserialize, FieldType)]
#[serde(untagged)]
enum Untagged {
    Circle { radius: f64 },
}

#[derive(Clone, Debug, Serialize, Deserialize, FieldType)]
struct Parts {
    #[serde(skip)]
    skipped: u8,
    #[serde(flatten)]
    flat: Inner,
    #[serde(alias = "town")]
    alias: String,
    #[serde(rename(serialize = "a", deserialize = "b"))]
    two_names: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, FieldType)]
struct Inner {
    city: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, FieldType)]
#[serde(default)]
struct AllMayBeMissing {
    city: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, FieldType)]
enum Variants {
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Debug, FieldType)]
#[field(ignore_serde = true)]
struct WithValue {
    city: String,
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}

fn main() {
    takes_field_type::<Tagged>();
    takes_field_type::<Untagged>();
    takes_field_type::<Parts>();
    takes_field_type::<AllMayBeMissing>();
    takes_field_type::<Variants>();
    takes_field_type::<WithValue>();
}
