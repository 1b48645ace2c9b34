use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
struct Address {
    #[field(renam = "street_name")]
    street: String,
    #[field(desc = "a city")]
    city: String,
}

fn main() {
    takes_field_type::<Address>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
