use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
enum Answer {
    Text(String),
    Span(usize, usize),
}

fn main() {
    takes_field_type::<Answer>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
