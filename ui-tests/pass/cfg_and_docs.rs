//! A field that `#[cfg]` removes is missing everywhere; documentation can come from a constant or a macro.

use dashoptimize::evaluate::Example;
use dashoptimize::signature::{Record, Row, Signature};
use dashoptimize::{FieldType, signature};

const SHORT: &str = "in one word";

#[doc = concat!("Answer ", "the question.")]
#[signature]
#[derive(Debug)]
struct Ask {
    /** What is asked.
     * It may be long.
     */
    #[input]
    question: String,
    #[cfg(any())]
    #[input]
    hint: NoSuchType,
    #[output(desc = SHORT, prefix = concat!("A", ":"))]
    answer: Answer,
    #[cfg(not(any()))]
    #[output(check(len(1..)), check(|words: &String| !words.is_empty(), "must not be empty"))]
    words: String,
    #[cfg(any())]
    #[skip]
    number: NoSuchType,
}

#[derive(Clone, Debug, PartialEq, FieldType)]
enum Answer {
    Yes,
    #[cfg(any())]
    No(NoSuchType),
    #[cfg(any())]
    Other { words: NoSuchType },
    Maybe {
        #[cfg(any())]
        words: NoSuchType,
        #[cfg(not(any()))]
        why: String,
    },
}

#[signature(instructions = include_str!("in_function.rs"))]
struct FromFile {
    #[deprecated]
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn main() {
    assert_eq!(Ask::SPEC.instructions, "Answer the question.\n");
    assert_eq!(Ask::SPEC.fields[0].desc, "What is asked.\nIt may be long.");
    assert_eq!((&*Ask::SPEC.fields[1].desc, &*Ask::SPEC.fields[1].prefix), (SHORT, "A:"));
    assert_eq!(Ask::SPEC.to_string(), "question -> answer, words");
    let row = Ask {
        question: "why?".to_owned(),
        answer: Answer::Maybe { why: "so".to_owned() },
        words: "so".to_owned(),
    };
    let again = Ask::from_fields(row.to_fields()).unwrap();
    assert_eq!(again.input(), AskInput { question: "why?".to_owned() });
    assert_ne!(again.answer, Answer::Yes);
    let output = AskOutput { answer: Answer::Yes, words: again.words };
    assert_eq!(output.into_values().len(), 2);
    assert!(FromFile::SPEC.instructions.starts_with("//! All macros"));
}
