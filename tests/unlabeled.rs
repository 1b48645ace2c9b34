//! Outputs without gold, and what data may leave out.

use dashoptimize::evaluate::Example;
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;
use dashoptimize::signature::Row;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Find out what the customer wants.
#[signature]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Triage {
    #[input]
    message: String,
    #[input]
    #[serde(default = "three")]
    top_k: usize,
    #[output]
    intent: String,
    /// how sure you are
    #[output(gold = none, check(0.0..=1.0))]
    confidence: f64,
}

const fn three() -> usize {
    3
}

fn model() -> Scripted {
    Scripted::new(|_: &ChatRequest| {
        "[[ ## intent ## ]]\nrefund\n\n[[ ## confidence ## ]]\n0.8\n\n[[ ## completed ## ]]"
    })
    .keeping_requests()
}

fn row(fields: Value) -> Result<Triage, String> {
    let Value::Object(fields) = fields else {
        panic!("an object");
    };
    Triage::from_fields(fields).map_err(|error| error.to_string())
}

#[test]
fn a_row_lacks_an_output_without_gold_and_a_file_may_lack_what_has_a_default() {
    let read = row(json!({"message": "hi", "intent": "refund"})).unwrap();
    let expected = Triage {
        message: "hi".to_owned(),
        top_k: 3,
        intent: "refund".to_owned(),
    };
    assert_eq!(read, expected);
    assert_eq!(Triage::FIELDS.len(), 3);
    assert_eq!(Triage::SPEC.outputs().count(), 2);
    assert_eq!(
        Value::Object(read.to_fields()),
        json!({"message": "hi", "top_k": 3, "intent": "refund"})
    );
    let with_gold = row(json!({"message": "hi", "intent": "refund", "confidence": 1.0}));
    assert_eq!(with_gold.unwrap_err(), "`confidence` is not a field");
}

#[tokio::test]
async fn a_metric_reads_it_in_the_prediction_alone() {
    let rows = vec![row(json!({"message": "hi", "intent": "refund"})).unwrap()];
    let is_sure =
        |gold: &Triage, said: &TriageOutput| gold.intent == said.intent && said.confidence > 0.5;
    let program = Predict::<Triage>::new(model());
    let run = Run::in_memory();
    let (evaluation, _) = run.evaluate(&program, &rows, &is_sure).await.unwrap();
    assert_eq!(evaluation.measured.score(), Some(1.0));
}

#[tokio::test]
async fn a_labelled_demo_says_that_it_is_not_supplied() {
    let lm = model();
    let demo = row(json!({"message": "hi", "intent": "refund"})).unwrap();
    let program = Predict::<Triage>::new(lm.clone()).demos([demo.clone()]);
    program
        .call(Example::<TriageInput>::input(&demo))
        .await
        .unwrap();
    let requests = lm.requests();
    let shown: Vec<String> = requests[0]
        .messages()
        .map(|message| message.text().to_owned())
        .collect();
    let shown = shown.join("\n");
    assert!(
        shown.contains("[[ ## confidence ## ]]\nNot supplied for this particular example."),
        "{shown}"
    );
}

/// Answer from the passages.
#[signature]
struct Respond {
    #[input]
    question: String,
    #[input]
    passages: Vec<String>,
    #[output]
    answer: String,
}

/// Answer.
#[signature]
#[derive(Clone)]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: String,
}

pipeline!(
    #[with(rows = Qa)]
    fn Rag(question: String) -> String {
        let passages = vec![format!("on {question}")];
        let reply = Predict::<Respond> { question, passages };
        let short = Predict::<Qa> {
            question: format!("shorten {}", reply.answer),
        };
        short.answer
    }
);

#[tokio::test]
async fn a_step_is_shown_no_labelled_demo_that_lacks_an_input() {
    let lm = Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx").keeping_requests();
    let rows: Vec<Qa> = (0..30)
        .map(|index| Qa {
            question: format!("q{index}"),
            answer: format!("a{index}"),
        })
        .collect();
    let data = Dataset::from_vec(rows)
        .split(7, Ratio::new(40, 30, 30))
        .unwrap();
    let is_right = |gold: &Qa, said: &String| gold.answer == *said;
    let program = Rag::new(lm.clone());
    LabeledFewShot::new(is_right)
        .optimize(&program, &data, &Run::in_memory())
        .await
        .unwrap();
    let demos = lm.requests().into_iter().map(|request| {
        let of_reply = request
            .messages()
            .any(|message| message.text().contains("`passages`"));
        let shown: String = request
            .messages()
            .map(|message| message.text().to_owned())
            .collect();
        (
            of_reply,
            shown.contains("Not supplied for this particular example."),
        )
    });
    let demos: Vec<(bool, bool)> = demos.collect();
    assert!(demos.iter().any(|(of_reply, _)| *of_reply));
    assert!(
        demos.iter().all(|(_, lacks)| !lacks),
        "a value that was not supplied"
    );
}
