use dashoptimize::FieldType;

#[derive(Clone, Copy, FieldType)]
union Bits {
    int: u32,
    float: f32,
}

impl std::fmt::Debug for Bits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bits")
    }
}

fn main() {
    takes_field_type::<Bits>();
}

fn takes_field_type<T: dashoptimize::signature::FieldType>() {}
