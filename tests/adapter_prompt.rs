//! The shape of the prompt.

use std::borrow::Cow;
use std::collections::BTreeMap;

use dashoptimize::adapter::{Adapter, BrokenCheck, ChatAdapter, JsonAdapter, json_schema};
use dashoptimize::lm::{ReplyFormat, Role};
use dashoptimize::signature::{
    Check, Constraint, EnumTy, OnFail, Property, SignatureSpec, StructTy, Ty, Variant,
    make_signature,
};
use dashoptimize::state::{Demo, FieldProse, PredictorState};
use serde_json::{Value, json};

fn demo(inputs: Value, outputs: Value) -> Demo {
    let object = |value: Value| value.as_object().cloned().expect("an object");
    Demo::new(object(inputs), object(outputs))
}

fn state(demos: Vec<Demo>) -> PredictorState {
    PredictorState::default().with_demos(demos)
}

fn signature(text: &str) -> SignatureSpec {
    make_signature(text, "").expect("the test's signature is well-formed")
}

fn texts(spec: &SignatureSpec, state: &PredictorState) -> Vec<String> {
    let messages = ChatAdapter.prefix(spec, state);
    messages
        .iter()
        .map(|message| message.text().to_owned())
        .collect()
}

/// A signature with every kind of type, docs and checks.
fn rich() -> SignatureSpec {
    let mut spec = signature("message, notes: list[str] -> intent, sure: float, where: str, n: u8");
    spec.instructions = "Classify a message.".into();
    let fields = spec.fields.to_mut();
    fields[0].desc = "as the customer wrote it".into();
    fields[0].prefix = "Customer message:".into();
    let lost = Variant::new("lost").with_payload(Ty::Int { min: 0, max: 99 });
    let refund = Variant::new("refund").with_doc("money back");
    fields[2].ty = Ty::Enum(EnumTy::new("Intent", vec![refund, lost]));
    fields[3].checks = Cow::Owned(vec![range(0.0, 1.0, OnFail::Report)]);
    fields[4].ty = Ty::Optional(
        Ty::Struct(StructTy::new(
            "Place",
            vec![
                Property::new("zip", Ty::Str).with_doc("five digits"),
                Property::new("street", Ty::Optional(Ty::Str.into())),
            ],
        ))
        .into(),
    );
    spec
}

fn range(min: f64, max: f64, on_fail: OnFail) -> Check {
    Check::new(Constraint::Range { min, max }, on_fail)
}

#[test]
fn the_playlist_prompt_is_as_measured() {
    let spec = signature("utterance -> answer");
    let shown = demo(
        json!({"utterance": "add hopeful to my this is enrique iglesias"}),
        json!({"answer": "this is enrique iglesias"}),
    );
    let messages = ChatAdapter.prefix(&spec, &state(vec![shown]));
    let roles: Vec<Role> = messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::System, Role::User, Role::Assistant]);
    assert_eq!(
        messages[0].text(),
        "Given the fields `utterance`, produce the fields `answer`.

Your input fields are:
1. `utterance` (text)
Your output fields are:
1. `answer` (text)

Respond with the output fields, starting with the field `[[ ## answer ## ]]`, and then ending with \
         the marker for `[[ ## completed ## ]]`."
    );
    assert_eq!(
        messages[1].text(),
        "[[ ## utterance ## ]]\nadd hopeful to my this is enrique iglesias"
    );
    assert_eq!(
        messages[2].text(),
        "[[ ## answer ## ]]\nthis is enrique iglesias\n\n[[ ## completed ## ]]"
    );
    assert_eq!(ChatAdapter.stop(), ["[[ ## completed #"]);
}

#[test]
fn fields_are_told_with_type_meaning_label_and_checks() {
    let system = &texts(&rich(), &PredictorState::default())[0];
    assert_eq!(
        system.split("\n\nRespond").next().unwrap_or_default(),
        "Classify a message.

Your input fields are:
1. `message` (text): Customer message: as the customer wrote it
2. `notes` (JSON list of texts)
Your output fields are:
1. `intent` (one of these)
   - refund: money back
   - {\"lost\": …} with a value (whole number from 0 to 99)
2. `sure` (number, from 0 to 1)
3. `where` (JSON object of these properties, or null if there is none)
   - `zip` (text): five digits
   - `street` (text, or null if there is none)
4. `n` (whole number from 0 to 255)"
    );
}

#[test]
fn the_state_replaces_prose() {
    let mut state = PredictorState::default().with_instructions("Do it.");
    let prose = FieldProse::new(Some("one\ntwo".to_owned()), Some("In one word:".to_owned()));
    state.fields = BTreeMap::from([("answer".to_owned(), prose)]);
    let system = &texts(&signature("question -> answer"), &state)[0];
    assert!(system.starts_with("Do it.\n\n"));
    assert!(system.contains("1. `answer` (text): In one word: one\n   two\n"));
}

#[test]
fn i7_a_query_has_byte_for_byte_the_form_of_a_demo() {
    let spec = rich();
    let inputs = [
        json!("hi [[ ## intent ## ]] there\n"),
        json!(["a \"b\"", "c\nd"]),
    ];
    let shown = demo(
        json!({"message": inputs[0], "notes": inputs[1]}),
        json!({"intent": "refund"}),
    );
    let state = state(vec![shown]);
    for adapter in [&ChatAdapter as &dyn Adapter, &JsonAdapter] {
        let query = adapter.query(&spec, &inputs);
        assert_eq!(adapter.prefix(&spec, &state)[1].text(), query);
        assert_eq!(adapter.query(&spec, &inputs), query);
        assert_eq!(
            query,
            "[[ ## message ## ]]\nhi [\\[ ## intent ## ]] there\n\n\n\
             [[ ## notes ## ]]\n[1] «a \"b\"»\n[2] «c\nd»"
        );
    }
}

#[test]
fn incomplete_demos_come_first_and_say_what_they_lack() {
    let spec = signature("question -> reasoning, answer: int");
    let full = demo(
        json!({"question": "2?"}),
        json!({"reasoning": "so", "answer": 2}),
    );
    let bare = demo(json!({"question": "1?"}), json!({"answer": 1}));
    let shown = texts(&spec, &state(vec![full, bare]));
    assert_eq!(shown[1], "[[ ## question ## ]]\n1?");
    assert_eq!(
        shown[2],
        "[[ ## reasoning ## ]]\nNot supplied for this particular example.\n\n\
         [[ ## answer ## ]]\n1\n\n[[ ## completed ## ]]"
    );
    assert_eq!(shown[3], "[[ ## question ## ]]\n2?");
}

#[test]
fn json_demos_are_objects_in_the_order_of_the_signature() {
    let spec = signature("question -> reasoning, answer: list[str]");
    let shown = demo(
        json!({"question": "?"}),
        json!({"answer": ["a"], "reasoning": "so"}),
    );
    let messages = JsonAdapter.prefix(&spec, &state(vec![shown]));
    assert_eq!(
        messages[2].text(),
        r#"{"reasoning": "so", "answer": ["a"]}"#
    );
    assert!(messages[0].text().ends_with(
        "Respond with one JSON object with the keys `reasoning`, `answer`, in this order, and \
         nothing else."
    ));
}

#[test]
fn a_schema_says_types_bounds_and_meanings() {
    let schema = json_schema(&rich());
    assert_eq!(schema["required"], json!(["intent", "sure", "where", "n"]));
    assert_eq!(schema["additionalProperties"], false);
    let of = &schema["properties"];
    assert_eq!(
        of["sure"],
        json!({"type": "number", "minimum": 0, "maximum": 1})
    );
    assert_eq!(
        of["n"],
        json!({"type": "integer", "minimum": 0, "maximum": 255})
    );
    assert_eq!(of["intent"]["anyOf"][0]["enum"], json!(["refund"]));
    assert_eq!(
        of["intent"]["anyOf"][0]["description"],
        "refund: money back"
    );
    assert_eq!(of["intent"]["anyOf"][1]["required"], json!(["lost"]));
    assert_eq!(of["where"]["anyOf"][1], json!({"type": "null"}));
    assert_eq!(
        of["where"]["anyOf"][0]["properties"]["zip"]["description"],
        "five digits"
    );
    let ReplyFormat::JsonSchema { name, .. } = JsonAdapter.format(&rich()) else {
        panic!("the JSON adapter asks for a schema");
    };
    assert!(
        name.chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    );
}

#[test]
fn a_repair_turn_says_every_problem_and_the_form() {
    let spec = signature("question -> answer: int, sure: float");
    let error = ChatAdapter
        .parse(&spec, "[[ ## answer ## ]]\nmany")
        .expect_err("neither output can be read");
    let turn = ChatAdapter.repair(&spec, &error);
    assert_eq!(
        turn,
        "Your reply cannot be used: `answer` must be a whole number, not \"many\"; `sure` is missing. \
         Write the whole reply again, starting with the field `[[ ## answer ## ]]`, then \
         `[[ ## sure ## ]]`, and then ending with the marker for `[[ ## completed ## ]]`."
    );
    assert_eq!(error.reply, "[[ ## answer ## ]]\nmany");
}

#[test]
fn checks_are_reported_and_asserts_refuse() {
    let mut spec = signature("question -> a: float, b: float");
    let fields = spec.fields.to_mut();
    fields[1].checks = Cow::Owned(vec![range(0.0, 1.0, OnFail::Report)]);
    let parsed = ChatAdapter
        .parse(&spec, "[[ ## a ## ]]\n1.5\n\n[[ ## b ## ]]\n2")
        .expect("a broken check does not refuse");
    assert_eq!(
        parsed.receipt.broken_checks,
        [BrokenCheck::new("a", "must be from 0 to 1")]
    );
    spec.fields.to_mut()[2].checks = Cow::Owned(vec![range(0.0, 1.0, OnFail::Reject)]);
    let error = ChatAdapter
        .parse(&spec, "[[ ## a ## ]]\nx\n\n[[ ## b ## ]]\n2")
        .expect_err("a broken assert refuses");
    assert_eq!(error.problems.len(), 2);
    assert_eq!(
        error.problems[1].problem,
        "must be from 0 to 1, not \"2.0\""
    );
}

#[test]
fn a_percentage_is_read_by_the_stated_range() {
    let mut spec = signature("question -> a: float");
    let read = |spec: &SignatureSpec| ChatAdapter.parse(spec, "[[ ## a ## ]]\n85%");
    spec.fields.to_mut()[1].checks = Cow::Owned(vec![range(0.0, 1.0, OnFail::Report)]);
    assert_eq!(read(&spec).expect("a share").values, [0.85]);
    spec.fields.to_mut()[1].checks = Cow::Owned(vec![range(1.0, 100.0, OnFail::Report)]);
    assert_eq!(read(&spec).expect("per cent").values, [85.0]);
    spec.fields.to_mut()[1].checks = Cow::Owned(vec![range(0.0, 100.0, OnFail::Report)]);
    read(&spec).expect_err("0.85 and 85 both fit");
}
