//! A text that must not be shown.

use std::fmt;

/// A key or token. It has neither `Display` nor `Serialize`, and its `Debug` does not show the text.
///
/// ```
/// use dashoptimize::lm::Secret;
///
/// let key = Secret::new("sk-live-1234");
/// assert_eq!(format!("{key:?}"), "Secret(..)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret text. White space around it, such as the line end of a key file, is dropped.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().trim().to_owned())
    }

    /// The text itself, for the code that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the text is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_end_of_a_key_file_is_dropped() {
        assert_eq!(Secret::new("sk-1\r\n").expose(), "sk-1");
        assert!(Secret::new(" \n").is_empty());
    }
}
