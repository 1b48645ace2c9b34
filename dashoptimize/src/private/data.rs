//! Const data of signatures, types and graphs, in short form.

use std::borrow::Cow;

use crate::graph::{Edge, Graph, Node, NodeKind};
use crate::module::Module;
use crate::signature::{
    Check, EnumTy, Field, Property, ReadValue, Reads, Role, SignatureSpec, StructTy, Ty, TyRef,
    Variant,
};

/// A signature.
#[must_use]
pub const fn spec(
    name: &'static str,
    instructions: &'static str,
    fields: &'static [Field],
) -> SignatureSpec {
    SignatureSpec::from_static(name, instructions, fields)
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
    reads: Option<ReadValue>,
) -> Field {
    Field {
        name: Cow::Borrowed(name),
        role,
        ty: copy(ty),
        desc: Cow::Borrowed(desc),
        prefix: Cow::Borrowed(prefix),
        checks: Cow::Borrowed(checks),
        reads: Reads::some(reads),
    }
}

/// An enum.
#[must_use]
pub const fn enum_type(name: &'static str, variants: &'static [Variant]) -> Ty {
    Ty::Enum(EnumTy::from_static(name, variants))
}

/// A variant without a payload.
#[must_use]
pub const fn unit(name: &'static str, doc: &'static str) -> Variant {
    Variant::from_static(name, doc, None)
}

/// A variant with a payload.
#[must_use]
pub const fn payload(name: &'static str, doc: &'static str, ty: &'static Ty) -> Variant {
    Variant::from_static(name, doc, Some(TyRef::Static(ty)))
}

/// A struct.
#[must_use]
pub const fn struct_type(
    name: &'static str,
    doc: &'static str,
    properties: &'static [Property],
) -> Ty {
    Ty::Struct(StructTy::from_static(name, doc, properties))
}

/// A property of a struct.
#[must_use]
pub const fn property(name: &'static str, doc: &'static str, ty: &'static Ty) -> Property {
    Property::from_static(name, doc, ty)
}

/// The graph of a program.
#[must_use]
pub const fn graph(
    name: &'static str,
    nodes: &'static [Node],
    edges: &'static [Edge],
    code: &'static str,
) -> Graph {
    Graph::new(name, nodes, edges).with_code(code)
}

/// A node of a graph that calls no module.
#[must_use]
pub const fn node(path: &'static str, kind: NodeKind, label: &'static str) -> Node {
    Node::new(path, kind, label)
}

/// A node of a graph that calls a module.
#[must_use]
pub const fn module_node<M: Module>(
    path: &'static str,
    kind: NodeKind,
    label: &'static str,
) -> Node {
    let node = node(path, kind, label);
    match M::GRAPH {
        Some(inner) => node.with_graph(inner),
        None => node,
    }
}

/// The edges of a graph, each as the indices of its two nodes and its label.
#[must_use]
pub const fn edges<const N: usize>(edges: &[(usize, usize, &'static str); N]) -> [Edge; N] {
    let mut all = [Edge::new(0, 0); N];
    let mut index = 0;
    while index < N {
        let (from, to, label) = edges[index];
        all[index] = Edge::new(from, to).with_label(label);
        index += 1;
    }
    all
}

/// `Ty::clone` as a `const fn`.
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
        Ty::Enum(_) | Ty::Struct(_) => panic!("a `FieldType::TYPE` must consist of borrowed data"),
    }
}

const fn copy_ref(ty: &'static TyRef) -> TyRef {
    match ty {
        TyRef::Static(ty) => TyRef::Static(ty),
        TyRef::Owned(_) => panic!("a `FieldType::TYPE` must consist of borrowed data"),
    }
}
