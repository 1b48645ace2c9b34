use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
enum Answer {}

fn main() {
    takes_field_type::<Answer>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
