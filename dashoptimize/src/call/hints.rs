//! What predictors are told besides their inputs.

use std::collections::BTreeMap;

/// Hints for predictors, by path: each says what to do differently than an earlier attempt did.
///
/// A predictor that has a hint shows it to its model as one more input, `hint`, after its own inputs. The
/// prompt of a predictor without a hint stays the same, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints(BTreeMap<String, String>);

impl Hints {
    /// Gives the predictor at this path a hint, in place of an earlier one.
    pub fn give(&mut self, path: impl Into<String>, hint: impl Into<String>) {
        self.0.insert(path.into(), hint.into());
    }

    /// The hint for the predictor at this path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}
