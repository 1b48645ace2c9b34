use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
struct Scored<T> {
    value: T,
    score: f64,
}

fn main() {
    takes_field_type::<Scored<String>>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
