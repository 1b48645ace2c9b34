//! The shape of a field's value: what the prompt says of it and what the reader accepts.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

/// A text that is const data of the program, or was made at run time.
pub type Text = Cow<'static, str>;

/// The type of a field.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Ty {
    /// Text.
    Str,
    /// A whole number within these bounds.
    Int {
        /// Smallest value.
        min: i128,
        /// Largest value.
        max: i128,
    },
    /// A number.
    Float,
    /// `true` or `false`.
    Bool,
    /// A value or nothing (JSON `null`).
    Optional(TyRef),
    /// Any number of values of one type.
    List(TyRef),
    /// Values of one type under names.
    Map(TyRef),
    /// One of several variants.
    Enum(EnumTy),
    /// Named properties.
    Struct(StructTy),
    /// Any JSON value.
    Json,
}

/// A type inside another one: const data, or shared.
#[derive(Clone, Debug)]
pub enum TyRef {
    /// Const data of the program.
    Static(&'static Ty),
    /// Made at run time.
    Shared(Arc<Ty>),
}

impl Deref for TyRef {
    type Target = Ty;

    fn deref(&self) -> &Ty {
        match self {
            Self::Static(ty) => ty,
            Self::Shared(ty) => ty,
        }
    }
}

impl PartialEq for TyRef {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<Ty> for TyRef {
    fn from(ty: Ty) -> Self {
        Self::Shared(Arc::new(ty))
    }
}

/// An enum: closed, every value is one of the variants.
///
/// In JSON a variant without a payload is its name as a string; one with a payload is an object
/// with the name as its only key (serde's external tagging).
#[derive(Clone, Debug, PartialEq)]
pub struct EnumTy {
    /// Name of the Rust type. It is not part of the fingerprint and not shown to the model.
    pub name: Text,
    /// The variants, in the order of the source.
    pub variants: Cow<'static, [Variant]>,
}

/// One variant of an [`EnumTy`].
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// The name that model and data use.
    pub name: Text,
    /// What it means (the doc comment); may be empty.
    pub doc: Text,
    /// The type of its payload, if it has one.
    pub payload: Option<TyRef>,
}

/// A struct: a JSON object of these properties.
#[derive(Clone, Debug, PartialEq)]
pub struct StructTy {
    /// Name of the Rust type. It is not part of the fingerprint and not shown to the model.
    pub name: Text,
    /// What it is (the doc comment); may be empty.
    pub doc: Text,
    /// The properties, in the order of the source.
    pub properties: Cow<'static, [Property]>,
}

/// One property of a [`StructTy`]. An [`Optional`](Ty::Optional) one may be absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The key.
    pub name: Text,
    /// What it means (the doc comment); may be empty.
    pub doc: Text,
    /// The type of its value.
    pub ty: TyRef,
}
