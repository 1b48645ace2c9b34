//! What `#[signature]`, `#[derive(FieldType)]` and `module!` make, used as a user would.

use dashoptimize::adapter::{Adapter, ChatAdapter};
use dashoptimize::evaluate::Example;
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::module::ModuleExt as _;
use dashoptimize::signature::{Constraint, OnFail, Record, Row, Signature, Ty};
use dashoptimize::{FieldType, module, signature};
use serde_json::{Value, json};

/// Classify a customer message by what the customer wants.
#[signature]
#[derive(Debug, Clone, PartialEq)]
struct Triage {
    /// the message as the customer wrote it
    #[input]
    message: String,
    /// what the customer wants
    #[output]
    intent: Intent,
    /// how sure, from 0 to 1
    #[output(check(0.0..=1.0), assert(is_sure, "must be above 0.2"))]
    confidence: f64,
    #[output(rename = "why_so", prefix = "Because:", desc = "the reason", check(len(1..=20)))]
    why: Option<String>,
    #[skip]
    note: u8,
}

fn is_sure(confidence: &f64) -> bool {
    *confidence > 0.2
}

/// What a customer can want.
#[derive(Clone, Debug, PartialEq, FieldType)]
#[field(rename_all = "snake_case")]
enum Intent {
    /// money back
    Refund,
    CardLost {
        last4: String,
        at: Option<u32>,
    },
    #[field(rename = "else")]
    Other(Vec<Remark>),
}

#[derive(Clone, Debug, PartialEq, FieldType)]
struct Remark {
    weight: f32,
    text: String,
}

module!(
    /// Thinks first.
    #[with(temperature = 0.0, max_tokens = 200, repair = 2)]
    type Classify = ChainOfThought<Triage>;
    /// Answers at once.
    type Quick = Predict<Triage>;
);

fn row() -> Triage {
    Triage {
        message: "my card is gone".to_owned(),
        intent: Intent::CardLost {
            last4: "1234".to_owned(),
            at: None,
        },
        confidence: 0.9,
        why: Some("it says so".to_owned()),
        note: 0,
    }
}

fn fields(value: &Value) -> serde_json::Map<String, Value> {
    value.as_object().expect("an object").clone()
}

#[test]
fn the_spec_holds_names_texts_types_and_checks_as_const_data() {
    let spec = Triage::SPEC;
    assert_eq!(spec.name, "Triage");
    assert_eq!(
        spec.instructions,
        "Classify a customer message by what the customer wants."
    );
    assert_eq!(spec.to_string(), "message -> intent, confidence, why_so");
    let why = spec.field("why_so").unwrap();
    assert_eq!((&*why.desc, &*why.prefix), ("the reason", "Because:"));
    assert!(matches!(why.ty, Ty::Optional(_)));
    assert_eq!(spec.field("message").unwrap().prefix, "Message:");
    let checks = &spec.field("confidence").unwrap().checks;
    assert_eq!(
        checks[0].constraint,
        Constraint::Range { min: 0.0, max: 1.0 }
    );
    assert_eq!(checks[0].on_fail, OnFail::Report);
    assert_eq!(checks[1].on_fail, OnFail::Reject);
    assert!(
        spec.field("note").is_none(),
        "a skipped field is not part of it"
    );
}

#[test]
fn rows_come_from_named_values_and_go_back() {
    let values = json!({
        "message": "my card is gone",
        "intent": {"card_lost": {"last4": "1234", "at": null}},
        "confidence": 0.9,
        "why_so": "it says so",
    });
    let read = Triage::from_fields(fields(&values)).unwrap();
    assert_eq!(read, row());
    assert_eq!(Value::Object(read.to_fields()), values);
    // An optional field may be absent; a whole number is a number.
    let short = json!({"message": "x", "intent": "refund", "confidence": 1});
    let read = Triage::from_fields(fields(&short)).unwrap();
    assert_eq!((read.why, read.confidence), (None, 1.0));
}

#[test]
fn every_problem_of_a_row_is_reported_with_its_path() {
    let bad = json!({
        "message": 1,
        "intent": {"else": [{"weight": 1, "text": "x", "colour": 2}]},
        "confidence": "high",
        "extra": 1,
    });
    let error = Triage::from_fields(fields(&bad)).unwrap_err();
    let paths: Vec<String> = error
        .problems
        .iter()
        .map(|problem| problem.path())
        .collect();
    assert_eq!(paths.len(), 4, "{error}");
    for (path, start) in paths
        .iter()
        .zip(["message", "intent", "confidence", "extra"])
    {
        assert!(path.starts_with(start), "{path}: {error}");
    }
    let wrong_label = json!({"message": "x", "intent": "refunds", "confidence": 1});
    let error = Triage::from_fields(fields(&wrong_label))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("refund") && error.contains("card_lost"),
        "{error}"
    );
}

#[test]
fn i1_a_row_gives_an_input_without_gold() {
    let input = row().input();
    assert_eq!(input.message, "my card is gone");
    assert_eq!(input.into_values(), ["my card is gone"]);
    let partial = TriagePartial::default();
    assert!(partial.intent.is_none() && partial.confidence.is_none() && partial.why.is_none());
}

#[test]
fn docs_of_variants_reach_the_prompt() {
    let state = Default::default();
    let messages = ChatAdapter.prefix(Triage::SPEC, &state);
    let prompt = messages[0].text();
    for words in [
        "money back",
        "card_lost",
        "the reason",
        "how sure, from 0 to 1",
    ] {
        assert!(prompt.contains(words), "{words} is missing in:\n{prompt}");
    }
}

#[tokio::test]
async fn a_module_is_called_with_its_options_and_gives_typed_outputs() {
    let lm = Scripted::new(|_: &ChatRequest| {
        "[[ ## reasoning ## ]]\nIt is about a card.\n\n[[ ## intent ## ]]\n\
         {\"card_lost\": {\"last4\": \"1234\"}}\n\n[[ ## confidence ## ]]\n0.9\n\n\
         [[ ## why_so ## ]]\nit says so\n\n[[ ## completed ## ]]"
    })
    .keeping_requests();
    let program = Classify::new(lm.clone());
    let input = row().input();
    let rendered = program.render(&input);
    let output = program.call(input).await.unwrap();
    assert_eq!(output.reasoning, "It is about a card.");
    assert_eq!(
        output.intent,
        row().intent,
        "the outputs are reached through `Deref`"
    );

    let request = &lm.requests()[0];
    assert_eq!(request.params.temperature, Some(0.0));
    assert_eq!(request.params.max_tokens, Some(200));
    // I7: what `render` shows is what was sent.
    assert_eq!(request.messages().cloned().collect::<Vec<_>>(), rendered);
}

#[tokio::test]
async fn an_assert_rejects_and_the_declared_repair_mends() {
    let lm = Scripted::replies([
        "[[ ## intent ## ]]\nrefund\n[[ ## confidence ## ]]\n0.1\n[[ ## why_so ## ]]\nx",
        "[[ ## intent ## ]]\nrefund\n[[ ## confidence ## ]]\n0.8\n[[ ## why_so ## ]]\nx",
    ])
    .keeping_requests();
    let output = Quick::new(lm.clone())
        .repair(1)
        .call(row().input())
        .await
        .unwrap();
    assert_eq!(output.confidence, 0.8);
    let second = &lm.requests()[1];
    let words = second.turns.last().unwrap().text();
    assert!(words.contains("must be above 0.2"), "{words}");
    assert_eq!(
        second.turns.len(),
        3,
        "query, bad reply, what is wrong with it"
    );
}
