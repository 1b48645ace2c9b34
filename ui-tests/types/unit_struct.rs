use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
struct Nothing;

fn main() {
    takes_field_type::<Nothing>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
