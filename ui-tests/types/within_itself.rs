use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
struct Tree {
    name: String,
    children: Vec<Tree>,
}

fn main() {
    takes_field_type::<Tree>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
