//! The words of a text, as the lexical search compares them.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

/// The words of a text in its order, in lower case and without English endings.
///
/// Words are cut as Unicode says (UAX #29), so that a Chinese character is a word and punctuation
/// is none. Texts of other languages keep most of their endings: the same ones on both sides.
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
    fn words_are_cut_as_unicode_says() {
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
