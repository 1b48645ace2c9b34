//! Prose in a file: a text of several lines is a list of lines, so that a pull request shows which
//! line has changed.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text, as a file holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prose(pub(super) String);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of lines")]
enum ProseForm {
    Line(String),
    Lines(Vec<String>),
}

impl Serialize for Prose {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.contains('\n') {
            serializer.collect_seq(self.0.split('\n'))
        } else {
            serializer.serialize_str(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Prose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match ProseForm::deserialize(deserializer)? {
            ProseForm::Line(line) => line,
            ProseForm::Lines(lines) => lines.join("\n"),
        }))
    }
}
