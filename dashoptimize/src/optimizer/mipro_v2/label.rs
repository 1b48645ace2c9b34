//! What a model writes around a text.

/// A text without a label before it and quotation marks around it.
pub(super) fn without_label(text: &str) -> &str {
    let mut text = text.trim();
    for label in [
        "proposed instruction:",
        "new instruction:",
        "instruction:",
        "summary:",
    ] {
        let start = text.trim_start_matches(['*', '#', ' ']);
        let has_label = start
            .get(..label.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(label));
        if has_label {
            text = start[label.len()..].trim_start_matches(['*', ' ']).trim();
        }
    }
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('"') => inner.trim(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_quotation_marks_are_left_out_and_nothing_else() {
        for (written, read) in [
            ("Instruction: Answer.", "Answer."),
            ("**Proposed Instruction:** Answer.", "Answer."),
            ("\"Answer in one word.\"", "Answer in one word."),
            ("INSTRUCTION: \"Answer.\"", "Answer."),
            ("Say \"yes\" or \"no\"", "Say \"yes\" or \"no\""),
            ("\"yes\" or \"no\"", "\"yes\" or \"no\""),
            (
                "Given the question: answer it.",
                "Given the question: answer it.",
            ),
            ("# Rules\n1. Answer.", "# Rules\n1. Answer."),
            ("instruction", "instruction"),
            ("é: x", "é: x"),
            ("", ""),
        ] {
            assert_eq!(without_label(written), read, "{written}");
        }
    }
}
