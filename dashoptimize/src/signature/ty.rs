//! The type of a field's value: what the prompt says about it and what the reader accepts.

use std::borrow::Cow;
use std::ops::Deref;

use super::text::Text;

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
    /// Values of one type, each under a name.
    Map(TyRef),
    /// One of several variants.
    Enum(EnumTy),
    /// Named properties.
    Struct(StructTy),
    /// Any JSON value.
    Json,
}

/// A type inside another one. It dereferences to the [`Ty`].
#[derive(Clone, Debug)]
pub enum TyRef {
    /// Const data of the program.
    Static(&'static Ty),
    /// Made at run time.
    Owned(Box<Ty>),
}

impl TyRef {
    /// The type itself, also in a `const fn`.
    pub(crate) const fn get(&self) -> &Ty {
        match self {
            Self::Static(ty) => ty,
            Self::Owned(ty) => ty,
        }
    }
}

impl Deref for TyRef {
    type Target = Ty;

    fn deref(&self) -> &Ty {
        self.get()
    }
}

impl PartialEq for TyRef {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<Ty> for TyRef {
    fn from(ty: Ty) -> Self {
        Self::Owned(Box::new(ty))
    }
}

/// An enum. It is closed: every value is one of the variants.
///
/// In JSON, a variant without a payload is its name as a string; a variant with a payload is an
/// object with the name as its only key (serde's external tagging).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EnumTy {
    /// Name of the Rust type. It is not part of the fingerprint and is not shown to the model.
    pub name: Text,
    /// The variants, in the order of the source.
    pub variants: Cow<'static, [Variant]>,
}

impl EnumTy {
    /// An enum of these variants.
    pub fn new(name: impl Into<Text>, variants: impl Into<Cow<'static, [Variant]>>) -> Self {
        Self {
            name: name.into(),
            variants: variants.into(),
        }
    }

    /// An enum as const data.
    #[must_use]
    pub const fn from_static(name: &'static str, variants: &'static [Variant]) -> Self {
        Self {
            name: Cow::Borrowed(name),
            variants: Cow::Borrowed(variants),
        }
    }
}

/// One variant of an [`EnumTy`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Variant {
    /// The name that the model and the data use.
    pub name: Text,
    /// What it means (the doc comment); may be empty.
    pub doc: Text,
    /// The type of its payload, if it has one.
    pub payload: Option<TyRef>,
}

impl Variant {
    /// A variant without a payload and without a description.
    pub fn new(name: impl Into<Text>) -> Self {
        Self {
            name: name.into(),
            doc: Cow::Borrowed(""),
            payload: None,
        }
    }

    /// Sets what the variant means.
    #[must_use]
    pub fn with_doc(mut self, doc: impl Into<Text>) -> Self {
        self.doc = doc.into();
        self
    }

    /// Gives the variant a payload of this type.
    #[must_use]
    pub fn with_payload(mut self, ty: impl Into<TyRef>) -> Self {
        self.payload = Some(ty.into());
        self
    }

    /// A variant as const data.
    #[must_use]
    pub const fn from_static(
        name: &'static str,
        doc: &'static str,
        payload: Option<TyRef>,
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            doc: Cow::Borrowed(doc),
            payload,
        }
    }
}

/// A struct: a JSON object with these properties.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StructTy {
    /// Name of the Rust type. It is not part of the fingerprint and is not shown to the model.
    pub name: Text,
    /// What it is (the doc comment); may be empty.
    pub doc: Text,
    /// The properties, in the order of the source.
    pub properties: Cow<'static, [Property]>,
}

impl StructTy {
    /// A struct of these properties, without a description.
    pub fn new(name: impl Into<Text>, properties: impl Into<Cow<'static, [Property]>>) -> Self {
        Self {
            name: name.into(),
            doc: Cow::Borrowed(""),
            properties: properties.into(),
        }
    }

    /// Sets what the struct is.
    #[must_use]
    pub fn with_doc(mut self, doc: impl Into<Text>) -> Self {
        self.doc = doc.into();
        self
    }

    /// A struct as const data.
    #[must_use]
    pub const fn from_static(
        name: &'static str,
        doc: &'static str,
        properties: &'static [Property],
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            doc: Cow::Borrowed(doc),
            properties: Cow::Borrowed(properties),
        }
    }
}

/// One property of a [`StructTy`]. A property of an [optional](Ty::Optional) type may be absent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Property {
    /// The key.
    pub name: Text,
    /// What it means (the doc comment); may be empty.
    pub doc: Text,
    /// The type of its value.
    pub ty: TyRef,
}

impl Property {
    /// A property without a description.
    pub fn new(name: impl Into<Text>, ty: impl Into<TyRef>) -> Self {
        Self {
            name: name.into(),
            doc: Cow::Borrowed(""),
            ty: ty.into(),
        }
    }

    /// Sets what the property means.
    #[must_use]
    pub fn with_doc(mut self, doc: impl Into<Text>) -> Self {
        self.doc = doc.into();
        self
    }

    /// A property as const data.
    #[must_use]
    pub const fn from_static(name: &'static str, doc: &'static str, ty: &'static Ty) -> Self {
        Self {
            name: Cow::Borrowed(name),
            doc: Cow::Borrowed(doc),
            ty: TyRef::Static(ty),
        }
    }
}
