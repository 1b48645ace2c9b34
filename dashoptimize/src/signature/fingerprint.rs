//! Identity of a signature's schema.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::schema::push_field;
use super::spec::SignatureSpec;
use super::ty::{items, text};
use super::words::Words;

/// A hash of names, roles and types. Two signatures with the same fingerprint read and write the same
/// values; prose, checks and bounds of numbers may differ.
///
/// It is written as 16 hexadecimal digits. The hash is FNV-1a of 64 bits, which a const can compute:
/// it tells signatures apart that differ by mistake, and guards against nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a signature.
    #[must_use]
    pub const fn of(spec: &SignatureSpec) -> Self {
        let fields = items(&spec.fields);
        let mut words = Words::hashed();
        let mut i = 0;
        while i < fields.len() {
            let field = &fields[i];
            push_field(&mut words, field.role, text(&field.name), 0, &field.ty);
            i += 1;
        }
        Self(words.hash())
    }

    /// A fingerprint as a number.
    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The fingerprint as a number.
    pub(crate) const fn bits(self) -> u64 {
        self.0
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
