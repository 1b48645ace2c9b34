use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
struct Span(usize, usize);

fn main() {
    takes_field_type::<Span>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
