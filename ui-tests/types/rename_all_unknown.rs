use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
#[field(rename_all = "snakecase")]
enum Answer {
    Yes,
    No,
}

fn main() {
    takes_field_type::<Answer>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
