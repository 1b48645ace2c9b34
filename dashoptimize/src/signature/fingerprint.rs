//! The identity of a signature's schema.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::schema::push_field;
use super::spec::SignatureSpec;
use super::text::{items, text};
use super::words::Words;

/// A hash of the names, roles and types of a signature's fields. Two signatures with the same
/// fingerprint read and write the same values; prose, checks and the bounds of numbers may differ.
///
/// It is written as 16 hexadecimal digits. The hash is 64-bit FNV-1a, because a `const fn` can
/// compute it. It detects signatures that differ by mistake; it is no protection against an attacker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl SignatureSpec {
    /// The identity of the schema: names, roles and types. Prose and checks are not part of it.
    #[must_use]
    pub const fn fingerprint(&self) -> Fingerprint {
        let fields = items(&self.fields);
        let mut words = Words::hashed();
        let mut i = 0;
        while i < fields.len() {
            let field = &fields[i];
            push_field(&mut words, field.role, text(&field.name), 0, &field.ty);
            i += 1;
        }
        Fingerprint(words.hash())
    }
}

impl Fingerprint {
    /// The fingerprint that this number stands for.
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
