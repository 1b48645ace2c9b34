use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
#[field = "snake_case"]
enum Answer {
    Yes,
    No,
}

fn main() {
    takes_field_type::<Answer>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
