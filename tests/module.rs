//! Programs: I1 (gold stays out), I7 (what is shown is what is sent), I8 (the schema cannot drift),
//! I11 (no global state).

use std::sync::Arc;

use dashoptimize::call::{CallError, Context};
use dashoptimize::evaluate::Example;
use dashoptimize::lm::{ChatRequest, Gateway, Lm, Message, Purpose, Scripted};
use dashoptimize::module::{ChainOfThought, LLMNode, Module, ModuleExt, Predict};
use dashoptimize::signature::Signature;
use dashoptimize::state::{Demo, PredictorState, State, StateError};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::triage::{Intent, SPEC, Triage, TriageInput, TriageOutput, input, reply};

const GOLD: &str = "the-gold-answer-that-nobody-may-see";

fn right() -> Scripted {
    Scripted::new(|_: &ChatRequest| reply("CardLost", 0.9)).keeping_requests()
}

fn sent(model: &Scripted) -> Vec<Vec<Message>> {
    let requests = model.requests();
    requests
        .iter()
        .map(|request| request.messages().cloned().collect())
        .collect()
}

fn says(model: &Scripted, words: &str) -> bool {
    let requests = sent(model);
    requests
        .iter()
        .flatten()
        .any(|message| message.text().contains(words))
}

#[tokio::test]
async fn a_call_gives_typed_outputs() {
    let output = Predict::<Triage>::new(right())
        .call(input("I lost my card"))
        .await
        .unwrap();
    let expected = TriageOutput {
        intent: Intent::CardLost,
        confidence: 0.9,
    };
    assert_eq!(output, expected);
}

/// The state of an [`LLMNode`] holds gold and input side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    question: String,
    answer: String,
    /// No field of the signature.
    rating: String,
}

fn row() -> Row {
    Row {
        question: "2 + 2?".to_owned(),
        answer: GOLD.to_owned(),
        rating: GOLD.to_owned(),
    }
}

fn node(lm: impl Into<Lm>) -> LLMNode<Row> {
    let spec = dashoptimize::signature::make_signature("question -> answer", "Answer.");
    LLMNode::new(spec.unwrap(), lm, "qa")
}

#[tokio::test]
async fn i1_gold_never_reaches_the_model() {
    let model = Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\n4").keeping_requests();
    let program = node(model.clone());
    let output = program.call(Example::<Row>::input(&row())).await.unwrap();
    assert_eq!(output.answer, "4");
    assert!(says(&model, "2 + 2?"));
    assert!(!says(&model, GOLD));
    let rendered = program.render(&row()).unwrap();
    assert!(
        rendered
            .iter()
            .all(|message| !message.text().contains(GOLD))
    );
}

/// Replies that leave the answer out, in every way that a reader could be tempted to fill it.
#[tokio::test]
async fn i1_a_prediction_never_starts_from_a_gold_value() {
    for text in ["", "4?", "[[ ## other ## ]]\n4", "[[ ## completed ## ]]"] {
        let program = node(Scripted::new(move |_: &ChatRequest| text));
        match program.call(row()).await {
            Ok(output) => assert_ne!(output.answer, GOLD, "{text:?}"),
            Err(CallError::Parse { source, .. }) => {
                assert!(!source.to_string().contains(GOLD), "{text:?}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn i1_typed_inputs_have_no_place_for_gold() {
    let gold = Triage {
        message: "hello".to_owned(),
        earlier: Vec::new(),
        intent: Intent::Refund,
        confidence: 1.0,
    };
    let input = TriageInput {
        message: gold.message,
        earlier: gold.earlier,
    };
    let rendered = Predict::<Triage>::new(right()).render(&input);
    let query = rendered.last().unwrap();
    assert!(!query.text().contains("Refund"), "{}", query.text());
}

fn any_state() -> impl Strategy<Value = PredictorState> {
    let text = "[ -~\\n…]{0,30}";
    (
        proptest::option::of(text),
        proptest::collection::vec(text, 0..3),
    )
        .prop_map(|(instructions, messages)| {
            let demo = |message: String| {
                Demo::new(
                    [("message".to_owned(), json!(message))]
                        .into_iter()
                        .collect(),
                    [("intent".to_owned(), json!("Other"))]
                        .into_iter()
                        .collect(),
                )
            };
            let demos = messages.into_iter().map(demo).collect();
            let mut state = PredictorState::default().with_demos(demos);
            state.instructions = instructions;
            state
        })
}

fn with(path: &str, state: PredictorState) -> State {
    State::from_iter([(path, state)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// I7, for every state and input, with and without reasoning.
    #[test]
    fn i7_what_is_rendered_is_what_is_sent(state in any_state(), message in any::<String>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let model = right();
            let plain = Predict::<Triage>::new(model.clone());
            let plain = plain.with_state(&with("predict", state.clone())).unwrap();
            let _ = plain.call(input(&message)).await;
            let thinker = ChainOfThought::<Triage>::new(model.clone());
            let thinker = thinker.with_state(&with("chain_of_thought", state)).unwrap();
            let _ = thinker.call(input(&message)).await;
            let expected = [plain.render(&input(&message)), thinker.render(&input(&message))];
            assert_eq!(sent(&model), expected);
        });
    }
}

/// What failed is kept as well, with the reply; durations differ and are not compared.
#[tokio::test]
async fn a_trace_keeps_each_step_with_its_reply_and_how_it_ended() {
    let traced = || async {
        let replies = ["no idea".to_owned(), reply("CardLost", 0.9)];
        let program = Predict::<Triage>::new(Scripted::replies(replies).with_id("m"));
        let gateway = Gateway::direct();
        let context = Context::new(&gateway).with_trace();
        let failed = program.forward(&context, input("a")).await;
        assert!(matches!(failed, Err(CallError::Parse { .. })));
        program.forward(&context, input("b")).await.unwrap();
        context.take_trace()
    };
    let trace = traced().await;
    let [failed, answered] = &trace[..] else {
        panic!("{trace:?}");
    };
    assert_eq!(failed.inputs["message"], "a");
    assert_eq!(
        (&*failed.predictor, &*failed.model, &*failed.reply),
        ("predict", "m", "no idea")
    );
    assert!(matches!(failed.error(), Some(CallError::Parse { .. })));
    assert_eq!(failed.outputs(), None);
    assert_eq!(answered.reply, reply("CardLost", 0.9));
    assert_eq!(answered.outputs().unwrap()["intent"], "CardLost");
    assert!(answered.error().is_none());
    assert_eq!(traced().await, trace);
}

/// What is written before the answer can lead to it; what is written after it cannot. The signature, the
/// prompt and the reader must agree on this order.
#[tokio::test]
async fn a_chain_of_thought_is_written_before_the_outputs() {
    let text = "[[ ## reasoning ## ]]\nIt is lost.\n\n".to_owned() + &reply("CardLost", 0.9);
    let model = Scripted::new(move |_: &ChatRequest| text.clone()).keeping_requests();
    let thinker = ChainOfThought::<Triage>::new(model.clone());
    let spec = thinker.predictors()[0].spec().to_string();
    assert!(spec.ends_with("-> reasoning, intent, confidence"), "{spec}");
    let output = thinker.call(input("I lost my card")).await.unwrap();
    assert_eq!(
        (&*output.reasoning, output.intent),
        ("It is lost.", Intent::CardLost)
    );
    let prompt = sent(&model)[0]
        .iter()
        .map(Message::text)
        .collect::<Vec<_>>()
        .join("\n");
    let last = |marker: &str| {
        prompt
            .rfind(marker)
            .unwrap_or_else(|| panic!("{marker} in {prompt}"))
    };
    assert!(last("## reasoning ##") < last("## intent ##"), "{prompt}");
    assert!(
        last("`[[ ## reasoning ## ]]`") < last("`[[ ## intent ## ]]`"),
        "{prompt}"
    );
}

/// I8: there are no words for a name, a type or a variant in a state.
#[test]
fn i8_a_state_cannot_express_the_schema() {
    let state = |json| serde_json::from_value::<State>(json);
    assert!(state(json!({ "predictors": { "predict": { "instructions": "x" } } })).is_ok());
    for part in [
        "signature",
        "name",
        "outputs",
        "types",
        "variants",
        "lm",
        "adapter",
    ] {
        let json = json!({ "predictors": { "predict": { part: "x" } } });
        let error = state(json).unwrap_err().to_string();
        assert!(error.contains("unknown field"), "{part}: {error}");
        let json =
            json!({ "predictors": { "predict": { "fields": { "intent": { part: "x" } } } } });
        assert!(state(json).is_err(), "{part}");
    }
}

#[test]
fn i8_a_state_with_unknown_names_is_refused_whole() {
    let program = Predict::<Triage>::new(right());
    let unknown_predictor = with("answer", PredictorState::default());
    let error = program.with_state(&unknown_predictor).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no predictor `answer` in this program; it has `predict`"
    );

    let mut state = PredictorState::default();
    state.fields.insert(
        "intnet".to_owned(),
        dashoptimize::state::FieldProse::default(),
    );
    let error = program.with_state(&with("predict", state)).unwrap_err();
    assert!(matches!(error, StateError::UnknownField { .. }));
    assert!(
        error.to_string().contains("has no field `intnet`"),
        "{error}"
    );

    let bad = Demo::new(
        [("message".to_owned(), json!("hello"))]
            .into_iter()
            .collect(),
        [("intent".to_owned(), json!("Complaint"))]
            .into_iter()
            .collect(),
    );
    let state = PredictorState::default().with_demos(vec![bad]);
    let error = program.with_state(&with("predict", state)).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("must be one of `Refund`, `CardLost`, `Other`"),
        "{error}"
    );
    assert_eq!(program.state(), Predict::<Triage>::new(right()).state());
}

/// A demo whose answer stands among its inputs would teach the model to expect it there.
#[test]
fn i8_a_demo_has_inputs_and_outputs_in_their_places() {
    let program = Predict::<Triage>::new(right());
    let demo = |inputs, outputs| {
        Demo::new(
            serde_json::from_value(inputs).unwrap(),
            serde_json::from_value(outputs).unwrap(),
        )
    };
    for (bad, words) in [
        (
            demo(
                json!({ "message": "x", "intent": "Other" }),
                json!({ "confidence": 1 }),
            ),
            "`intent` is not an input of",
        ),
        (
            demo(
                json!({ "message": "x" }),
                json!({ "intent": "Other", "earlier": [] }),
            ),
            "`earlier` is not an output of",
        ),
        (
            demo(json!({}), json!({ "intent": "Other" })),
            "at least one input",
        ),
        (
            demo(json!({ "message": "x" }), json!({})),
            "at least one input",
        ),
        (
            demo(json!({ "message": "x" }), json!({ "intent": 3 })),
            "`intent`",
        ),
    ] {
        let state = PredictorState::default().with_demos(vec![bad]);
        let error = program.with_state(&with("predict", state)).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn i11_two_programs_with_two_models_run_side_by_side() {
    let (one, two) = (right().with_id("one"), right().with_id("two"));
    let first = Predict::<Triage>::new(one.clone()).temperature(0.1);
    let second = first.clone().lm(two.clone()).temperature(0.9);
    let calls = (0..20).map(|i| {
        let program = if i % 2 == 0 { &first } else { &second };
        program.call(input("hello"))
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    assert_eq!((one.calls(), two.calls()), (10, 10));
    let temperatures = |model: &Scripted| -> Vec<Option<f64>> {
        model
            .requests()
            .iter()
            .map(|request| request.params.temperature)
            .collect()
    };
    assert_eq!(temperatures(&one), [Some(0.1); 10]);
    assert_eq!(temperatures(&two), [Some(0.9); 10]);
}

#[tokio::test]
async fn repairs_quote_the_reply_and_are_counted_as_repairs() {
    let model = Scripted::new(|request: &ChatRequest| match request.turns.len() {
        1 => reply("Complaint", 0.9),
        _ => reply("Refund", 0.9),
    })
    .keeping_requests();
    let gateway = dashoptimize::lm::Gateway::direct();
    let program = Predict::<Triage>::new(model.clone()).repair(2);
    let context = Context::new(&gateway);
    let output = program
        .forward(&context, input("give it back"))
        .await
        .unwrap();
    assert_eq!(output.intent, Intent::Refund);
    let turns = &model.requests()[1].turns;
    assert_eq!(turns[1].text(), reply("Complaint", 0.9));
    let ledger = gateway.ledger();
    assert_eq!(ledger.for_purpose(Purpose::Task).calls, 1);
    assert_eq!(ledger.for_purpose(Purpose::Repair).calls, 1);
    assert_eq!(ledger.total().calls, 2);
}

#[tokio::test]
async fn without_repairs_a_bad_reply_is_an_error_that_keeps_it() {
    let model = Scripted::new(|_: &ChatRequest| reply("Complaint", 0.9));
    let error = Predict::<Triage>::new(model.clone())
        .call(input("x"))
        .await
        .unwrap_err();
    let words = error.to_string();
    assert!(words.starts_with("predictor `predict`: "), "{words}");
    assert!(
        words.contains("`intent`") && words.contains("Complaint"),
        "{words}"
    );
    assert_eq!(model.calls(), 1);
}

#[test]
fn the_spec_of_the_tests_is_what_the_macro_would_write() {
    assert_eq!(SPEC.to_string(), "message, earlier -> intent, confidence");
    assert_eq!(Arc::new(SPEC).fingerprint(), Triage::SPEC.fingerprint());
}
