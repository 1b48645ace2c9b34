//! Identity of a signature's schema.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::field::{Field, Role};
use super::spec::SignatureSpec;
use super::ty::{Property, Text, Ty, TyRef, Variant};

/// A hash (FNV-1a, 64 bits) of names, roles and types. Two signatures with the same fingerprint
/// read and write the same values; prose and checks may differ.
///
/// It is written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a signature. It can be taken at compile time.
    #[must_use]
    pub const fn of(spec: &SignatureSpec) -> Self {
        let fields: &[Field] = slice(&spec.fields);
        let mut hash = Fnv::new();
        let mut i = 0;
        while i < fields.len() {
            hash = hash.byte(match fields[i].role {
                Role::Input => 1,
                Role::Output => 2,
            });
            hash = hash.text(&fields[i].name).ty(&fields[i].ty);
            i += 1;
        }
        Self(hash.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| {
            serde::de::Error::custom(format!(
                "a fingerprint is 16 hexadecimal digits, not `{text}`"
            ))
        })
    }
}

/// FNV-1a, because it can run at compile time and the input is not hostile.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3))
    }

    /// Length first, so that no two lists of texts hash alike.
    const fn text(self, text: &Text) -> Self {
        let bytes = match text {
            Cow::Borrowed(text) => text.as_bytes(),
            Cow::Owned(text) => text.as_bytes(),
        };
        let mut hash = self.byte(bytes.len() as u8).byte((bytes.len() >> 8) as u8);
        let mut i = 0;
        while i < bytes.len() {
            hash = hash.byte(bytes[i]);
            i += 1;
        }
        hash
    }

    const fn ty(self, ty: &Ty) -> Self {
        match ty {
            Ty::Str => self.byte(1),
            // Bounds are not part of the identity: an `i32` and an `i64` are both whole numbers.
            Ty::Int { .. } => self.byte(2),
            Ty::Float => self.byte(3),
            Ty::Bool => self.byte(4),
            Ty::Optional(inner) => self.byte(5).ty_ref(inner),
            Ty::List(inner) => self.byte(6).ty_ref(inner),
            Ty::Map(inner) => self.byte(7).ty_ref(inner),
            Ty::Enum(ty) => self.byte(8).variants(slice(&ty.variants)),
            Ty::Struct(ty) => self.byte(9).properties(slice(&ty.properties)),
            Ty::Json => self.byte(10),
        }
    }

    const fn ty_ref(self, ty: &TyRef) -> Self {
        match ty {
            TyRef::Static(ty) => self.ty(ty),
            // Reached at run time only: const data holds no `Arc`.
            TyRef::Shared(_) => self.byte(0),
        }
    }

    const fn variants(self, variants: &[Variant]) -> Self {
        let mut hash = self;
        let mut i = 0;
        while i < variants.len() {
            hash = hash.text(&variants[i].name);
            hash = match &variants[i].payload {
                Some(payload) => hash.byte(1).ty_ref(payload),
                None => hash.byte(0),
            };
            i += 1;
        }
        hash.byte(0xff)
    }

    const fn properties(self, properties: &[Property]) -> Self {
        let mut hash = self;
        let mut i = 0;
        while i < properties.len() {
            hash = hash.text(&properties[i].name).ty_ref(&properties[i].ty);
            i += 1;
        }
        hash.byte(0xff)
    }
}

/// `Deref`, at compile time.
#[expect(clippy::ptr_arg, reason = "a `Cow` cannot be dereferenced in a const")]
const fn slice<'a, T: Clone>(list: &'a Cow<'static, [T]>) -> &'a [T] {
    match list {
        Cow::Borrowed(list) => list,
        Cow::Owned(list) => list.as_slice(),
    }
}
