//! Const data of signatures and types, written short.

use std::borrow::Cow;

use crate::graph::{Edge, Graph, Node, NodeKind};
use crate::signature::{
    Check, EnumTy, Field, Property, Role, SignatureSpec, StructTy, Ty, TyRef, Variant,
};

/// A signature.
#[must_use]
pub const fn spec(
    name: &'static str,
    instructions: &'static str,
    fields: &'static [Field],
) -> SignatureSpec {
    SignatureSpec {
        name: Cow::Borrowed(name),
        instructions: Cow::Borrowed(instructions),
        fields: Cow::Borrowed(fields),
    }
}

/// A field of a signature.
#[must_use]
pub const fn field(
    name: &'static str,
    role: Role,
    ty: &'static Ty,
    desc: &'static str,
    prefix: &'static str,
    checks: &'static [Check],
) -> Field {
    Field {
        name: Cow::Borrowed(name),
        role,
        ty: copy(ty),
        desc: Cow::Borrowed(desc),
        prefix: Cow::Borrowed(prefix),
        checks: Cow::Borrowed(checks),
    }
}

/// An enum.
#[must_use]
pub const fn enum_type(name: &'static str, variants: &'static [Variant]) -> Ty {
    Ty::Enum(EnumTy {
        name: Cow::Borrowed(name),
        variants: Cow::Borrowed(variants),
    })
}

/// A variant without a payload.
#[must_use]
pub const fn unit(name: &'static str, doc: &'static str) -> Variant {
    Variant {
        name: Cow::Borrowed(name),
        doc: Cow::Borrowed(doc),
        payload: None,
    }
}

/// A variant with a payload.
#[must_use]
pub const fn payload(name: &'static str, doc: &'static str, ty: &'static Ty) -> Variant {
    Variant {
        name: Cow::Borrowed(name),
        doc: Cow::Borrowed(doc),
        payload: Some(TyRef::Static(ty)),
    }
}

/// A struct.
#[must_use]
pub const fn struct_type(
    name: &'static str,
    doc: &'static str,
    properties: &'static [Property],
) -> Ty {
    Ty::Struct(StructTy {
        name: Cow::Borrowed(name),
        doc: Cow::Borrowed(doc),
        properties: Cow::Borrowed(properties),
    })
}

/// A property of a struct.
#[must_use]
pub const fn property(name: &'static str, doc: &'static str, ty: &'static Ty) -> Property {
    Property {
        name: Cow::Borrowed(name),
        doc: Cow::Borrowed(doc),
        ty: TyRef::Static(ty),
    }
}

/// A node of a graph.
#[must_use]
pub const fn node(
    path: &'static str,
    kind: NodeKind,
    label: &'static str,
    graph: Option<&'static Graph>,
) -> Node {
    Node {
        path,
        kind,
        label,
        graph,
    }
}

/// The edges of a graph: from, to and label of each.
#[must_use]
pub const fn edges<const N: usize>(edges: &[(usize, usize, &'static str); N]) -> [Edge; N] {
    let mut all = [Edge {
        from: 0,
        to: 0,
        label: "",
    }; N];
    let mut index = 0;
    while index < N {
        let (from, to, label) = edges[index];
        all[index] = Edge { from, to, label };
        index += 1;
    }
    all
}

/// `Ty::clone`, at compile time.
#[must_use]
pub const fn copy(ty: &'static Ty) -> Ty {
    match ty {
        Ty::Str => Ty::Str,
        Ty::Int { min, max } => Ty::Int {
            min: *min,
            max: *max,
        },
        Ty::Float => Ty::Float,
        Ty::Bool => Ty::Bool,
        Ty::Json => Ty::Json,
        Ty::Optional(inner) => Ty::Optional(copy_ref(inner)),
        Ty::List(item) => Ty::List(copy_ref(item)),
        Ty::Map(value) => Ty::Map(copy_ref(value)),
        Ty::Enum(EnumTy {
            name: Cow::Borrowed(name),
            variants: Cow::Borrowed(variants),
        }) => enum_type(name, variants),
        Ty::Struct(StructTy {
            name: Cow::Borrowed(name),
            doc: Cow::Borrowed(doc),
            properties: Cow::Borrowed(properties),
        }) => struct_type(name, doc, properties),
        Ty::Enum(_) | Ty::Struct(_) => panic!("a `FieldType::TYPE` holds borrowed data only"),
    }
}

const fn copy_ref(ty: &'static TyRef) -> TyRef {
    match ty {
        TyRef::Static(ty) => TyRef::Static(ty),
        TyRef::Owned(_) => panic!("a `FieldType::TYPE` holds borrowed data only"),
    }
}
