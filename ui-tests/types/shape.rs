//! A field type is a struct or an enum that a model can write from its schema alone.

use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
enum Answer {}

#[derive(Clone, Debug, FieldType)]
struct Scored<T> {
    value: T,
    score: f64,
}

#[derive(Clone, Debug, FieldType)]
struct Span(usize, usize);

#[derive(Clone, Debug, FieldType)]
enum Found {
    Text(String),
    Span(usize, usize),
}

#[derive(Clone, Copy, FieldType)]
union Bits {
    int: u32,
    float: f32,
}

impl std::fmt::Debug for Bits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bits")
    }
}

#[derive(Clone, Debug, FieldType)]
struct Nothing;

#[derive(Clone, Debug, FieldType)]
struct Tree {
    name: String,
    children: Vec<Tree>,
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}

fn main() {
    takes_field_type::<Answer>();
    takes_field_type::<Scored<String>>();
    takes_field_type::<Span>();
    takes_field_type::<Found>();
    takes_field_type::<Bits>();
    takes_field_type::<Nothing>();
    takes_field_type::<Tree>();
}
