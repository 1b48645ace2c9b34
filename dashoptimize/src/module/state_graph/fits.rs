//! Whether a value of one type can stand where another type is wanted.

use crate::signature::{StructTy, Ty, Variant, push_type, written};

/// The type of an object of which only the name is known.
pub(super) fn object(name: &'static str) -> Ty {
    Ty::Struct(StructTy::new(name, Vec::new()))
}

/// The type in words, such as `list of text`.
pub(super) fn in_words(ty: &Ty) -> String {
    // What is in an object of which only the name is known is not said.
    written(|words| push_type(words, ty)).replace("{ }", "object")
}

/// Whether every value of one type can be read as the other, as far as the types are known.
pub(super) fn fits(from: &Ty, to: &Ty) -> bool {
    match (from, to) {
        (Ty::Json, _)
        | (_, Ty::Json)
        | (Ty::Str, Ty::Str)
        | (Ty::Bool, Ty::Bool)
        | (Ty::Int { .. }, Ty::Int { .. } | Ty::Float)
        | (Ty::Float, Ty::Float) => true,
        (Ty::Optional(from), Ty::Optional(to))
        | (Ty::List(from), Ty::List(to))
        | (Ty::Map(from), Ty::Map(to)) => fits(from, to),
        (from, Ty::Optional(to)) => fits(from, to),
        (Ty::Enum(from), Ty::Str) => from
            .variants
            .iter()
            .all(|variant| variant.payload.is_none()),
        (Ty::Enum(from), Ty::Enum(to)) => {
            let has = |name: &Variant| to.variants.iter().any(|variant| variant.name == name.name);
            from.variants.iter().all(has)
        }
        (Ty::Struct(from), Ty::Struct(to)) => struct_fits(from, to),
        (Ty::Struct(from), Ty::Map(to)) => from.properties.iter().all(|from| fits(&from.ty, to)),
        (Ty::Map(from), Ty::Struct(to)) => to.properties.iter().all(|to| fits(from, &to.ty)),
        _ => false,
    }
}

/// As [`fits`], where the value is there: an optional type counts as the type inside it.
pub(super) fn value_fits(from: &Ty, to: &Ty) -> bool {
    match from {
        Ty::Optional(from) => fits(from, to),
        from => fits(from, to),
    }
}

fn struct_fits(from: &StructTy, to: &StructTy) -> bool {
    // Of an object without properties, only the name is known.
    if from.properties.is_empty() || to.properties.is_empty() {
        return true;
    }
    to.properties.iter().all(|to| {
        let from = from.properties.iter().find(|from| from.name == to.name);
        match from {
            Some(from) => fits(&from.ty, &to.ty),
            None => matches!(*to.ty, Ty::Optional(_)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{EnumTy, Property};

    fn of(names: &[&'static str]) -> Ty {
        let variants: Vec<_> = names.iter().map(|name| Variant::new(*name)).collect();
        Ty::Enum(EnumTy::new("Kind", variants))
    }

    #[test]
    fn a_type_fits_where_every_value_can_be_read() {
        let int = || Ty::Int { min: 0, max: 9 };
        let optional = |ty: Ty| Ty::Optional(ty.into());
        let list = |ty: Ty| Ty::List(ty.into());
        assert!(fits(&int(), &Ty::Float) && !fits(&Ty::Float, &int()));
        assert!(fits(&Ty::Str, &optional(Ty::Str)) && !fits(&optional(Ty::Str), &Ty::Str));
        assert!(value_fits(&optional(Ty::Str), &Ty::Str));
        assert!(fits(&list(int()), &list(Ty::Float)) && !fits(&list(Ty::Str), &list(int())));
        assert!(!fits(&Ty::Str, &list(Ty::Str)) && !fits(&list(Ty::Str), &Ty::Str));
        assert!(fits(&of(&["a"]), &of(&["a", "b"])) && !fits(&of(&["a", "b"]), &of(&["a"])));
        assert!(fits(&of(&["a"]), &Ty::Str) && !fits(&Ty::Str, &of(&["a"])));
        assert!(fits(&Ty::Json, &int()) && fits(&int(), &Ty::Json));
    }

    #[test]
    fn objects_fit_by_their_properties() {
        let of = |properties: Vec<Property>| Ty::Struct(StructTy::new("Place", properties));
        let city = || Property::new("city", Ty::Str);
        let zip = |ty: Ty| Property::new("zip", ty);
        let full = of(vec![city(), zip(Ty::Str)]);
        assert!(fits(&full, &of(vec![city()])) && !fits(&of(vec![city()]), &full));
        let optional = of(vec![city(), zip(Ty::Optional(Ty::Str.into()))]);
        assert!(fits(&of(vec![city()]), &optional));
        assert!(fits(&full, &object("Place")) && fits(&object("Place"), &full));
        assert!(fits(&full, &Ty::Map(Ty::Str.into())) && !fits(&full, &Ty::Map(Ty::Bool.into())));
        assert!(!fits(&Ty::Str, &object("Place")));
    }
}
