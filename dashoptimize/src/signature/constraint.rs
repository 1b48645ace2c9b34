//! What a constraint says in words, and whether it holds of a value.

use std::borrow::Cow;

use serde_json::Value;

use super::field::Constraint;
use super::ty::Ty;

impl Constraint {
    /// What must hold of a value of this type, in words such as `from 0 to 1` or
    /// `at most 80 characters`. The prompt says it beside the field's type.
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

    /// Whether it holds of a value. Nothing (JSON `null`) breaks no rule; a value that has no size or
    /// length, such as a text under a [`Range`](Self::Range), does.
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

/// What the length of a value of this type counts.
fn unit(ty: &Ty) -> &'static str {
    match ty {
        Ty::Optional(inner) => unit(inner),
        Ty::List(_) => "items",
        Ty::Map(_) | Ty::Struct(_) => "entries",
        _ => "characters",
    }
}

/// Characters of a text, items of a list, entries of an object.
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
    fn open_ends_are_said_as_such() {
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
