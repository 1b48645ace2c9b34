//! Texts that contradict a schema, and texts that only look like it.

use std::sync::Arc;

use super::contradiction;
use crate::engine::component::Component;
use crate::lm::{Lm, Scripted};
use crate::module::Predictor;
use crate::signature::{Check, Constraint, EnumTy, Field, OnFail, SignatureSpec, Ty, Variant};

const VARIANTS: [&str; 3] = ["Refund", "CardLost", "Other"];

/// `message, notes -> reasoning, intent, urgency, quality, rank`, with the instructions in use.
fn predictor() -> Predictor {
    let variants: Vec<Variant> = VARIANTS.map(Variant::new).into();
    let range = Check::new(Constraint::Range { min: 1.0, max: 5.0 }, OnFail::Report);
    let mut urgency = Field::output("urgency", Ty::Float);
    urgency.checks = vec![range].into();
    let mut quality = Field::output("quality", Ty::Float);
    quality.desc = "how clear the message is, on a scale of 0 to 100".into();
    let fields = [
        Field::input("message", Ty::Str),
        Field::input("notes", Ty::Str),
        Field::output("reasoning", Ty::Str),
        Field::output("intent", Ty::Enum(EnumTy::new("Intent", variants))),
        urgency,
        quality,
        Field::output("rank", Ty::Int { min: 0, max: 255 }),
    ];
    let spec = SignatureSpec::new("Triage", "Read the `message`, then `thread_id`.", fields);
    let lm = Lm::new(Scripted::replies(["never asked"]));
    Predictor::new("triage", Arc::new(spec), lm)
}

fn problem(component: &Component, text: &str) -> Option<String> {
    contradiction(&predictor(), component, text)
}

fn instructions() -> Component {
    Component::instructions("triage")
}

fn all_contradict(texts: &[&str]) {
    for text in texts {
        let problem = problem(&instructions(), text);
        assert!(problem.is_some(), "nothing is found in: {text}");
    }
}

fn none_contradicts(texts: &[&str]) {
    for text in texts {
        assert_eq!(problem(&instructions(), text), None, "{text}");
    }
}

#[test]
fn a_description_is_about_its_field() {
    let desc = |field| Component::desc("triage", field);
    let contradict = [
        ("urgency", "how urgent it is, from 1 to 10"),
        ("urgency", "between 0 and 1, where 1 is an emergency"),
        ("quality", "0-1000"),
        ("intent", "answer `Unknown` if nothing fits"),
        ("intent", "one of: Refund, CardLost, Other, Spam"),
    ];
    for (field, text) in contradict {
        assert!(
            problem(&desc(field), text).is_some(),
            "nothing is found in: {text}"
        );
    }
    let fine = [
        ("urgency", "how urgent it is, from 1 to 5"),
        ("urgency", "1 to 2 if it can wait"),
        ("quality", "how clear the message is, up to 100"),
        ("rank", "from 1 to 10"),
        ("reasoning", "2 to 3 sentences"),
        ("intent", "`Other` if nothing fits"),
    ];
    for (field, text) in fine {
        assert_eq!(problem(&desc(field), text), None, "{text}");
    }
}

#[test]
fn a_field_is_neither_dropped_nor_renamed() {
    all_contradict(&[
        "Omit the field reasoning.",
        "Leave out `reasoning` to save time.",
        "Do not output `reasoning`.",
        "Never write the `urgency` field!",
        "Respond without ever giving the `quality` field.",
        "Rename `intent` to `label`.",
        "Write `label` instead of `intent`.",
        "Fill the fields `reasoning`, `intent`, `urgency` and `score`.",
        "Put the answer into the `verdict` field.",
        "End with\n[[ ## verdict ## ]]\nRefund",
        r#"Answer with {"reasoning": "...", "intent": "..."}."#,
        r#"Answer with {"reasoning": "", "intent": "", "urgency": 1, "quality": 2, "why": ""}."#,
    ]);
    none_contradicts(&[
        "Do not include explanations in `intent`.",
        "Do not write `intent` in capital letters.",
        "Do not output `intent` before you have thought about it.",
        "Omit greetings from `reasoning`. Keep `reasoning` short.",
        "Skip the `notes` if they are empty.",
        "Read the `message` field, then the field `thread_id`.",
        "Fill the fields `reasoning`, `intent`, `urgency`, `quality` and `rank`.",
        "End with\n[[ ## quality ## ]]\n80\n[[ ## completed ## ]]",
        r#"Answer with {"reasoning": "", "intent": "", "urgency": 1, "quality": 2, "rank": 3}."#,
        r#"A message can hold JSON such as {"order": 17, "lines": [{"sku": "a"}]}."#,
        "Never write more than two sentences of reasoning.",
    ]);
}

#[test]
fn a_scale_is_not_changed() {
    all_contradict(&[
        "Rate the urgency from 1 to 10.",
        "Give `urgency` as a number between 0 and 1.",
        "`urgency` is a score out of 10.",
        "Use a 10-point scale for urgency.",
        "State urgency as a percentage.",
        "`urgency`: 0-100, where 100 is an emergency.",
        "The score for quality goes from one to five.",
        "On a scale of 1–10, how clear is it?",
        "Use values of urgency between -1 and 1.",
        "urgency runs from 0.0 to 1.0.",
    ]);
    none_contradicts(&[
        "Rate the urgency from 1 to 5.",
        "For urgency, 1 to 2 is low and 4 to 5 is high.",
        "`quality` is a score out of 100.",
        "Rate quality as a percentage.",
        "rank goes from 1 to 10.",
        "Use a 5-point scale for urgency.",
        "Explain the rating in 1 to 10 words.",
        "Messages have 1 to 10 paragraphs.",
        "Urgency is high if the customer waits 3 to 14 days.",
        "Orders are numbered 1000-2000.",
        "Rate the urgency by the 2 most serious facts and the quality by the spelling.",
    ]);
}

#[test]
fn the_values_of_an_enum_are_not_changed() {
    all_contradict(&[
        "Answer with one of: Refund, CardLost, Other, Unknown.",
        "The options are `Refund`, `CardLost` and `Complaint`.",
        "Choose exactly one of Refund or CardLost.",
        "The possible values are refund/card lost.",
        "Pick one of the categories:\n- Refund: money back\n- CardLost: no card\n- Spam: anything else",
        "Valid labels:\n1. Refund\n2. Other",
        "If nothing fits, set `intent` and answer `Unknown`.",
    ]);
    none_contradicts(&[
        "Answer with one of: Refund, CardLost, Other.",
        "The labels are refund, card_lost, or other.",
        "Decide between Refund and CardLost only by what the customer asks for.",
        "If it is about Refund or CardLost, only look at the first line.",
        "Pick one of the categories:\n- Refund: money back\n- CardLost: no card\n- Other: anything else",
        "Choose one of Refund and CardLost; in all other cases, `intent` is Other.",
        "Words such as stolen, lost and missing mean CardLost.",
        "For `intent`, answer `CardLost` where a card is gone.",
        "Quote the customer: \"I want my money back\" is a Refund.",
        "Refund and CardLost are urgent.",
    ]);
}
