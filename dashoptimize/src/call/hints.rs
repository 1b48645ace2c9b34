//! What predictors are told beside their inputs.

use std::collections::BTreeMap;

/// A hint for each of some predictors, by path: what to do otherwise than an earlier attempt did.
///
/// A predictor that has one shows it to its model as one more input, `hint`, after its own. The
/// prompt of a predictor without one is not changed by a byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints(BTreeMap<String, String>);

impl Hints {
    /// Gives the predictor at this path a hint, in place of the one that it had.
    pub fn give(&mut self, path: impl Into<String>, hint: impl Into<String>) {
        self.0.insert(path.into(), hint.into());
    }

    /// The hint for the predictor at this path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}
