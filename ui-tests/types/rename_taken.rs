use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
enum Answer {
    Yes,
    #[field(rename = "Yes")]
    No,
}

fn main() {
    takes_field_type::<Answer>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
