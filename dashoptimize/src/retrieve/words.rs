//! The words of a text, as the search by words compares them.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

/// The words of a text in order, in lower case and without English endings.
///
/// Words are split by the rules of Unicode (UAX #29): a Chinese character is a word, and punctuation is
/// not. Words of other languages keep most of their endings, in texts and queries alike.
pub(super) fn words(text: &str) -> Vec<String> {
    let stemmer = Stemmer::new(Algorithm::English);
    let stem = |word| stemmer.stem(word);
    let text = text.to_lowercase();
    text.unicode_words()
        .map(stem)
        .map(Cow::into_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn endings_and_case_make_no_difference() {
        assert_eq!(
            words("Connecting the CONNECTIONS!"),
            ["connect", "the", "connect"]
        );
    }

    #[test]
    fn words_are_split_by_the_rules_of_unicode() {
        assert_eq!(
            words("Zürich, 3.5 % of «東京»"),
            ["zürich", "3.5", "of", "東", "京"]
        );
        assert_eq!(words(" …!? \n"), [""; 0]);
    }

    proptest! {
        #[test]
        fn any_text_has_words(text in any::<String>()) {
            prop_assert!(words(&text).iter().all(|word| !word.is_empty()));
        }
    }
}
