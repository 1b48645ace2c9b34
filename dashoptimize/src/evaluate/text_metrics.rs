//! Metrics for texts.
//!
//! All of them take the expected text first and the predicted text second, and return a number from 0
//! to 1.

use std::collections::HashMap;

/// 1.0 if the two texts are equal, byte for byte, and 0.0 otherwise.
///
/// Nothing is trimmed or lower-cased; for that see [`normalized_match`].
///
/// ```
/// use dashoptimize::evaluate::exact_match;
///
/// assert_eq!(exact_match("Paris", "Paris"), 1.0);
/// assert_eq!(exact_match("Paris", "paris"), 0.0);
/// ```
pub fn exact_match(expected: impl AsRef<str>, predicted: impl AsRef<str>) -> f64 {
    one_if(expected.as_ref() == predicted.as_ref())
}

/// 1.0 if the two texts are equal after the normalization of SQuAD, and 0.0 otherwise.
///
/// Both texts are lower-cased, ASCII punctuation and the words `a`, `an` and `the` are removed, and
/// runs of white space count as one space (Rajpurkar et al. 2016).
///
/// ```
/// use dashoptimize::evaluate::normalized_match;
///
/// assert_eq!(normalized_match("The Eiffel Tower", "eiffel tower."), 1.0);
/// ```
pub fn normalized_match(expected: impl AsRef<str>, predicted: impl AsRef<str>) -> f64 {
    one_if(normalized(expected.as_ref()) == normalized(predicted.as_ref()))
}

/// The harmonic mean of [`precision`] and [`recall`] of the tokens.
///
/// Tokens are separated by white space and lower-cased. Articles and punctuation are kept; SQuAD and
/// DSPy remove them, which gives other numbers. A token that occurs several times counts as often as
/// it occurs in both texts. Two empty texts agree (1.0); if only one is empty, the result is 0.0.
///
/// ```
/// use dashoptimize::evaluate::f1_score;
///
/// assert_eq!(f1_score("the quick brown fox", "the fast brown fox"), 0.75);
/// ```
pub fn f1_score(expected: impl AsRef<str>, predicted: impl AsRef<str>) -> f64 {
    let overlap = Overlap::of(expected.as_ref(), predicted.as_ref());
    overlap.share_of(overlap.expected + overlap.predicted, 2)
}

/// The share of the predicted tokens that were expected. Tokens are those of [`f1_score`].
///
/// ```
/// use dashoptimize::evaluate::precision;
///
/// assert_eq!(precision("the quick brown", "the brown"), 1.0);
/// ```
pub fn precision(expected: impl AsRef<str>, predicted: impl AsRef<str>) -> f64 {
    let overlap = Overlap::of(expected.as_ref(), predicted.as_ref());
    overlap.share_of(overlap.predicted, 1)
}

/// The share of the expected tokens that were predicted. Tokens are those of [`f1_score`].
///
/// ```
/// use dashoptimize::evaluate::recall;
///
/// assert_eq!(recall("the quick brown", "the brown"), 2.0 / 3.0);
/// ```
pub fn recall(expected: impl AsRef<str>, predicted: impl AsRef<str>) -> f64 {
    let overlap = Overlap::of(expected.as_ref(), predicted.as_ref());
    overlap.share_of(overlap.expected, 1)
}

/// The numbers of tokens in each text and in both.
struct Overlap {
    expected: usize,
    predicted: usize,
    common: usize,
}

impl Overlap {
    fn of(expected: &str, predicted: &str) -> Self {
        let (expected, predicted) = (expected.to_lowercase(), predicted.to_lowercase());
        let mut open: HashMap<&str, usize> = HashMap::new();
        for token in expected.split_whitespace() {
            *open.entry(token).or_default() += 1;
        }
        let mut common = 0;
        for token in predicted.split_whitespace() {
            if let Some(left) = open.get_mut(token).filter(|left| **left > 0) {
                *left -= 1;
                common += 1;
            }
        }
        Self {
            expected: expected.split_whitespace().count(),
            predicted: predicted.split_whitespace().count(),
            common,
        }
    }

    /// `times` the number of common tokens, as a share of `whole`.
    fn share_of(&self, whole: usize, times: usize) -> f64 {
        if self.expected == 0 || self.predicted == 0 {
            return one_if(self.expected == self.predicted);
        }
        (times * self.common) as f64 / whole as f64
    }
}

/// The text after the normalization of SQuAD.
pub(crate) fn normalized(text: &str) -> String {
    let text: String = text
        .to_lowercase()
        .chars()
        .filter(|letter| !letter.is_ascii_punctuation())
        .collect();
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !matches!(*word, "a" | "an" | "the"))
        .collect();
    words.join(" ")
}

const fn one_if(condition: bool) -> f64 {
    if condition { 1.0 } else { 0.0 }
}
