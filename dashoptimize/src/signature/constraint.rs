//! Rules for the values of fields: what they say in words, and whether a value satisfies them.

use std::borrow::Cow;

use serde_json::Value;

use super::ty::Ty;

/// A rule for a field's value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Check {
    /// What must hold.
    pub constraint: Constraint,
    /// What happens when it does not hold.
    pub on_fail: OnFail,
}

impl Check {
    /// A rule for a field's value.
    #[must_use]
    pub const fn new(constraint: Constraint, on_fail: OnFail) -> Self {
        Self {
            constraint,
            on_fail,
        }
    }
}

/// What happens when a value breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnFail {
    /// The value is accepted, and the broken rule is reported with it (`check`).
    Report,
    /// The reply is rejected, so that the model is asked to repair it (`assert`).
    Reject,
}

/// A condition on a value. Every constraint can be put into words, so that the prompt can state it
/// and a request for a repair can quote it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Constraint {
    /// A number from `min` to `max`, both included. A bound that is not set is infinite.
    Range {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// A text or list of `min` to `max` characters or items, both included.
    Length {
        /// Smallest number.
        min: usize,
        /// Largest number; `usize::MAX` means no limit.
        max: usize,
    },
    /// A test written in Rust that is given the value as JSON.
    Custom {
        /// The condition in words, such as `must be a valid ISBN`.
        words: &'static str,
        /// The test.
        test: fn(&Value) -> bool,
    },
}

/// Two custom tests are equal if their words are: the addresses of functions mean nothing.
impl PartialEq for Constraint {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (
                Self::Range { min, max },
                Self::Range {
                    min: min2,
                    max: max2,
                },
            ) => (min, max) == (min2, max2),
            (
                Self::Length { min, max },
                Self::Length {
                    min: min2,
                    max: max2,
                },
            ) => (min, max) == (min2, max2),
            (Self::Custom { words, .. }, Self::Custom { words: words2, .. }) => words == words2,
            _ => false,
        }
    }
}

impl Constraint {
    /// The condition on a value of this type in words, such as `from 0 to 1` or
    /// `at most 80 characters`. The prompt states it next to the field's type.
    ///
    /// ```
    /// use dashoptimize::signature::{Constraint, Ty};
    ///
    /// let share = Constraint::Range { min: 0.0, max: 1.0 };
    /// assert_eq!(share.words(&Ty::Float), "from 0 to 1");
    /// let short = Constraint::Length { min: 0, max: 80 };
    /// assert_eq!(short.words(&Ty::Str), "at most 80 characters");
    /// ```
    #[must_use]
    pub fn words(&self, ty: &Ty) -> Cow<'static, str> {
        match *self {
            Self::Range { min, max } => range_words(min, max).into(),
            Self::Length { min, max } => length_words(min, max, unit(ty)),
            Self::Custom { words, .. } => words.into(),
        }
    }

    /// The whole rule as the end of a sentence, such as `must be from 0 to 1`.
    #[must_use]
    pub fn rule(&self, ty: &Ty) -> String {
        let words = self.words(ty);
        match self {
            Self::Length {
                min: 1,
                max: usize::MAX,
            } => "must not be empty".to_owned(),
            Self::Length { .. } => format!("must have {words}"),
            _ if words.starts_with("must ") => words.into_owned(),
            _ => format!("must be {words}"),
        }
    }

    /// Whether a value satisfies the constraint. JSON `null` always does; a value that has no number
    /// or length to compare, such as a text under a [`Range`](Self::Range), never does.
    ///
    /// ```
    /// use dashoptimize::signature::Constraint;
    ///
    /// let share = Constraint::Range { min: 0.0, max: 1.0 };
    /// assert!(share.holds(&0.5.into()));
    /// assert!(!share.holds(&1.5.into()));
    /// ```
    #[must_use]
    pub fn holds(&self, value: &Value) -> bool {
        if value.is_null() {
            return true;
        }
        match self {
            Self::Range { min, max } => value
                .as_f64()
                .is_some_and(|number| (*min..=*max).contains(&number)),
            Self::Length { min, max } => {
                length(value).is_some_and(|length| (*min..=*max).contains(&length))
            }
            Self::Custom { test, .. } => test(value),
        }
    }
}

fn range_words(min: f64, max: f64) -> String {
    match (min.is_finite(), max.is_finite()) {
        (true, true) => format!("from {min} to {max}"),
        (true, false) => format!("{min} or more"),
        (false, true) => format!("{max} or less"),
        (false, false) => "a number".to_owned(),
    }
}

fn length_words(min: usize, max: usize, unit: &str) -> Cow<'static, str> {
    match (min, max) {
        (0, usize::MAX) => "any length".into(),
        (1, usize::MAX) => "not empty".into(),
        (min, usize::MAX) => format!("at least {min} {unit}").into(),
        (0, max) => format!("at most {max} {unit}").into(),
        (min, max) if min == max => format!("exactly {min} {unit}").into(),
        (min, max) => format!("{min} to {max} {unit}").into(),
    }
}

/// The unit in which the length of a value of this type is counted.
fn unit(ty: &Ty) -> &'static str {
    match ty {
        Ty::Optional(inner) => unit(inner),
        Ty::List(_) => "items",
        Ty::Map(_) | Ty::Struct(_) => "entries",
        _ => "characters",
    }
}

/// The number of characters of a text, items of a list or entries of an object.
fn length(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(items) => Some(items.len()),
        Value::Object(entries) => Some(entries.len()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bounds_that_are_not_set_are_left_out() {
        let range = |min, max| {
            Constraint::Range { min, max }
                .words(&Ty::Float)
                .into_owned()
        };
        assert_eq!(range(0.0, f64::INFINITY), "0 or more");
        assert_eq!(range(f64::NEG_INFINITY, 2.5), "2.5 or less");
        let length = |min, max| Constraint::Length { min, max }.rule(&Ty::Str);
        assert_eq!(length(1, usize::MAX), "must not be empty");
        assert_eq!(length(3, 3), "must have exactly 3 characters");
    }

    #[test]
    fn length_counts_characters_items_and_entries() {
        let two = Constraint::Length { min: 2, max: 2 };
        assert!(two.holds(&json!("é🦀")));
        assert!(two.holds(&json!([1, 2])));
        assert!(two.holds(&json!({"a": 1, "b": 2})));
        assert!(!two.holds(&json!(22)));
        assert!(two.holds(&Value::Null));
    }

    #[test]
    fn custom_words_keep_their_must() {
        let even = Constraint::Custom {
            words: "must be even",
            test: |value| value.as_i64().is_some_and(|number| number % 2 == 0),
        };
        assert_eq!(even.rule(&Ty::Json), "must be even");
        assert!(even.holds(&json!(4)) && !even.holds(&json!(3)));
    }
}
