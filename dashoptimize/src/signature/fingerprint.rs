//! Identity of a signature's schema.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::field::Role;
use super::spec::SignatureSpec;
use super::ty::{Property, Ty, Variant};

/// A hash (the first 64 bits of a SHA-256) of names, roles and types. Two signatures with the same
/// fingerprint read and write the same values; prose, checks and bounds of numbers may differ.
///
/// It is written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a signature.
    #[must_use]
    pub fn of(spec: &SignatureSpec) -> Self {
        let mut hash = Schema(Sha256::new());
        for field in spec.fields.iter() {
            hash.byte(match field.role {
                Role::Input => 1,
                Role::Output => 2,
            });
            hash.text(&field.name);
            hash.ty(&field.ty);
        }
        let digest: [u8; 32] = hash.0.finalize().into();
        let mut half = [0; 8];
        half.copy_from_slice(&digest[..8]);
        Self(u64::from_be_bytes(half))
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

/// Hashes a schema, so that no two schemas give the same bytes.
struct Schema(Sha256);

impl Schema {
    fn byte(&mut self, byte: u8) {
        self.0.update([byte]);
    }

    fn length(&mut self, length: usize) {
        self.0.update((length as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.update(text);
    }

    fn ty(&mut self, ty: &Ty) {
        match ty {
            Ty::Str => self.byte(1),
            // Bounds are not part of the identity: an `i32` and an `i64` are both whole numbers.
            Ty::Int { .. } => self.byte(2),
            Ty::Float => self.byte(3),
            Ty::Bool => self.byte(4),
            Ty::Optional(inner) => self.wrapped(5, inner),
            Ty::List(inner) => self.wrapped(6, inner),
            Ty::Map(inner) => self.wrapped(7, inner),
            Ty::Enum(ty) => self.variants(&ty.variants),
            Ty::Struct(ty) => self.properties(&ty.properties),
            Ty::Json => self.byte(10),
        }
    }

    fn wrapped(&mut self, tag: u8, inner: &Ty) {
        self.byte(tag);
        self.ty(inner);
    }

    fn variants(&mut self, variants: &[Variant]) {
        self.byte(8);
        self.length(variants.len());
        for variant in variants {
            self.text(&variant.name);
            match &variant.payload {
                Some(payload) => self.wrapped(1, payload),
                None => self.byte(0),
            }
        }
    }

    fn properties(&mut self, properties: &[Property]) {
        self.byte(9);
        self.length(properties.len());
        for property in properties {
            self.text(&property.name);
            self.ty(&property.ty);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::signature::make_signature;

    #[test]
    fn names_roles_and_types_tell_signatures_apart_and_prose_does_not() {
        let of = |spec: &str, words: &str| make_signature(spec, words).map(|s| s.fingerprint());
        let fingerprint = |spec: &str| of(spec, "Do it.").unwrap();
        assert_eq!(of("a -> b", "Do it."), of("a -> b", "Do it well."));
        let different = [
            "a -> b",
            "b -> a",
            "a, b -> c",
            "a -> b, c",
            "a -> b: int",
            "a -> b: list[int]",
            "a -> b: list[str]",
            "a -> b: Optional[str]",
            "a -> b: Literal['x', 'y']",
            "a -> b: Literal['x', 'z']",
        ];
        for (index, one) in different.iter().enumerate() {
            for other in &different[index + 1..] {
                assert_ne!(fingerprint(one), fingerprint(other), "{one} and {other}");
            }
        }
    }
}
