//! From a reply to typed values. The reader knows the types of the outputs. It repairs what a person
//! would read without doubt, reports every repair, and rejects what could be read in two ways.
//!
//! Reading has three steps: [find](reply) the text or JSON of each output, read it as the output's
//! type ([from text](from_text), [from JSON](from_json)), and [check](checks) the signature's rules.

mod checks;
mod choice;
mod denial;
mod effort;
mod everyday_words;
mod exact;
mod extract;
mod from_json;
mod from_text;
mod labels;
mod latex;
mod list;
mod loose_json;
mod loose_words;
mod named;
mod number;
mod number_words;
mod object;
mod output_reader;
mod reply;
mod schema_echo;
mod sections;
mod single;
mod source;
mod structure;
mod tags;
mod thoughts;
mod token;
mod written_json;

pub(crate) use effort::Effort;
pub(crate) use from_json::read_value;
pub(crate) use named::keys_of;
pub(crate) use object::object_in;
pub(super) use reply::{ReplyForm, read};
pub(crate) use written_json::{Entries, WrittenJson};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::effort::Effort;
    use super::output_reader::OutputReader;
    use super::reply::spent_on;
    use crate::signature::{SignatureSpec, Ty, make_signature};

    /// Parts of replies that have kept readers of JSON, markers, tags or numbers busy.
    const PARTS: [&str; 40] = [
        "{",
        "[",
        "{\"a\":",
        "[1,",
        "[[",
        "{\"answer\":\"",
        "{a:“",
        "{\"a\":‘",
        "\"",
        "\" ",
        "'",
        "`",
        "```",
        "\"\"\"",
        "\"a\" + ",
        "\"a\" \"b\" ",
        "\\",
        "\\u",
        "[[ ## answer ## ]]\n",
        "[[ ##",
        "[\\[ ##",
        "<think>",
        "</think>",
        "<answer>",
        "</answer>",
        "answer: ",
        "a: b\n",
        "- ",
        "1.\n",
        "-1 ",
        "+-",
        "1_",
        "#",
        "//",
        "/*",
        "é",
        "e\u{301}",
        "\u{a0}",
        "(",
        "{\"answer\": [[[",
    ];

    const SPECS: [&str; 6] = [
        "q -> answer",
        "q -> answer: int",
        "q -> answer: list[str]",
        "q -> answer: list[list[list[int]]]",
        "q -> answer: list[dict[str, list[int]]], confidence: float",
        r#"q -> answer: Literal["refund", "refund_denied", "a", "in"], b: Any"#,
    ];

    fn specs() -> impl Iterator<Item = SignatureSpec> {
        SPECS
            .iter()
            .filter_map(|spec| make_signature(spec, "").ok())
    }

    /// A text of this length made of a head, repeated parts and a tail.
    fn repeated(head: &str, part: &str, length: usize) -> String {
        format!("{head}{}", part.repeat(length / part.len()))
    }

    /// The work on four times the text is at most about four times the work, and never more than the
    /// limit and one more look at the text.
    fn grows_linearly(spec: &SignatureSpec, head: &str, part: &str) -> Result<(), String> {
        const SHORT: usize = 15 << 10;
        let [short, long] = [SHORT, 4 * SHORT].map(|length| {
            let text = repeated(head, part, length);
            (text.len(), spent_on(spec, &text))
        });
        let bounded = |(length, spent): (usize, usize)| spent <= 20 * length + (1 << 15);
        match bounded(short) && bounded(long) && long.1 <= 5 * short.1 {
            true => Ok(()),
            false => Err(format!("{head:?} {part:?}: {short:?} {long:?}")),
        }
    }

    #[test]
    fn i12_the_work_on_a_reply_grows_with_its_length_and_not_faster() {
        for spec in specs().skip(3) {
            for part in PARTS {
                for head in ["", "[[ ## answer ## ]]\n", "{\"answer\": "] {
                    assert_eq!(grows_linearly(&spec, head, part), Ok(()));
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn i12_the_work_on_any_mixture_of_parts_grows_with_its_length(
            parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 1..6),
            head in prop::sample::select(vec!["", "[[ ## answer ## ]]\n", "{\"answer\": ", "{\"answer\": [\""]),
        ) {
            for spec in specs() {
                prop_assert_eq!(grows_linearly(&spec, head, &parts.concat()), Ok(()));
            }
        }
    }

    #[test]
    fn i12_a_reply_that_reaches_a_limit_is_refused_in_words() {
        let spec = make_signature("q -> answer", "").expect("well-formed");
        let read = |reply: &str| {
            let error = super::read(&spec, reply, super::ReplyForm::Json).expect_err("refused");
            error.problems[0].problem.clone()
        };
        let tangled = format!(
            "{{\"answer\": [{}",
            "[1,".repeat(90) + &"{\"a\": 1 ".repeat(20_000)
        );
        assert!(read(&"{\"a\":".repeat(500)).contains("nested too deeply"));
        assert!(read(&"[".repeat(500)).contains("nested too deeply"));
        assert!(read(&tangled).contains("too tangled"), "{}", read(&tangled));
    }

    #[test]
    fn a_value_is_taken_out_of_three_wrappers_and_not_more() {
        let int = Ty::Int { min: 0, max: 9 };
        for (json, read) in [
            ("[[[1]]]", true),
            ("[[[[1]]]]", false),
            ("{\"a\": [\"1\"]}", true),
        ] {
            let effort = Effort::for_length(json.len());
            let parsed = super::loose_json::parse(json, &effort).expect("JSON");
            let value = OutputReader::new(None, &effort).json(&int, &parsed.value);
            assert_eq!(value.is_ok(), read, "{json}");
        }
    }
}
