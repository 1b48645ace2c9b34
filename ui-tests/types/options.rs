//! Options of `#[field(…)]`, on the type and in it.

use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
struct Unknown {
    #[field(renam = "street_name")]
    street: String,
    #[field(desc = "a city")]
    city: String,
}

#[derive(Clone, Debug, FieldType)]
#[field = "snake_case"]
enum WithoutParentheses {
    Yes,
    No,
}

#[derive(Clone, Debug, FieldType)]
#[field(rename_all = "snakecase")]
enum CaseUnknown {
    Yes,
    No,
}

#[derive(Clone, Debug, FieldType)]
enum NameTaken {
    Yes,
    #[field(rename = "Yes")]
    No,
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}

fn main() {
    takes_field_type::<Unknown>();
    takes_field_type::<WithoutParentheses>();
    takes_field_type::<CaseUnknown>();
    takes_field_type::<NameTaken>();
}
