//! A folder belongs to a run: whatever changes a prompt is noticed, and said in words.

use std::fs;
use std::path::Path;

use dashoptimize::adapter::JsonAdapter;
use dashoptimize::engine::Run;
use dashoptimize::evaluate::{Example, VerdictRule};
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::module::{LLMNode, ModuleExt};
use dashoptimize::optimizer::{LabeledFewShot, Optimizer};
use dashoptimize::signature::{SignatureSpec, make_signature};
use dashoptimize::state::{Demo, FieldProse, PredictorState, State};
use tempfile::tempdir;

use crate::support::quiz::{Quiz, is_right, row, rows, splits};

type Node = LLMNode<Quiz>;

fn lm() -> Scripted {
    Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx")
}

fn spec(instructions: &str) -> SignatureSpec {
    make_signature("question -> answer", instructions).expect("a good spec")
}

fn node(lm: &Scripted, spec: SignatureSpec) -> Node {
    LLMNode::new(spec, lm.clone(), "quiz").max_tokens(50)
}

fn with_state(lm: &Scripted, change: impl FnOnce(PredictorState) -> PredictorState) -> Node {
    let program = node(lm, spec("One word."));
    let mut state = program.state();
    let own = state.predictors.remove("quiz").expect("a predictor");
    let state = State::from_iter([("quiz", change(own))]);
    program.with_state(&state).expect("a state that fits")
}

async fn optimize(program: &Node, run: &Run) -> Result<(), String> {
    let optimizer = LabeledFewShot::new(is_right as fn(&Quiz, &Quiz) -> bool).max_demos(2);
    let ended = optimizer.optimize(program, &splits(3, 3, 3), run).await;
    ended.map(|_| ()).map_err(|error| error.to_string())
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let names = [
        "artifact.json",
        "report.txt",
        "manifest.json",
        "holdout.json",
        "journal.jsonl",
    ];
    names
        .map(|name| fs::read(folder.join(name)).expect("a file"))
        .into()
}

/// What differs according to the error of a run in the folder of another one.
async fn difference(lm: &Scripted, other: Node) -> String {
    let folder = tempdir().unwrap();
    let run = Run::folder(folder.path());
    let program = node(lm, spec("One word."));
    optimize(&program, &run).await.unwrap();
    optimize(&program, &run)
        .await
        .expect("the same run is resumed");
    let (calls, before) = (lm.calls(), files(folder.path()));
    let error = optimize(&other, &run).await.unwrap_err();
    assert_eq!(lm.calls(), calls, "refused before the first call");
    assert_eq!(files(folder.path()), before, "nothing is overwritten");
    let words = error
        .split_once(" holds another run: ")
        .expect("the reason")
        .1;
    let words = words.strip_suffix("; use another folder, or delete this one to start again");
    words.expect("what to do").to_owned()
}

fn described(desc: &str, prefix: &str) -> SignatureSpec {
    let mut spec = spec("One word.");
    let question = &mut spec.fields.to_mut()[0];
    question.desc = desc.to_owned().into();
    question.prefix = prefix.to_owned().into();
    spec
}

#[tokio::test]
async fn i5_a_changed_prompt_is_another_run_and_the_error_says_what_differs() {
    let lm = lm();
    let demo = Demo::from_fields(&Example::<Quiz>::fields(&row(9)), &spec("")).expect("a demo");
    let prose = FieldProse::new(Some("what is asked".to_owned()), None);
    let cases: [(Node, &str); 9] = [
        (
            node(&lm, spec("One single word.")),
            "the instructions of predictor `quiz` differ (was \"One word.\", now \"One single word.\")",
        ),
        (
            node(&lm, described("what is asked", "Question:")),
            "the description of field `question` of predictor `quiz` differs (was \"\", now \"what is \
             asked\")",
        ),
        (
            node(&lm, described("", "Q:")),
            "the label of field `question` of predictor `quiz` differs (was \"Question:\", now \"Q:\")",
        ),
        (
            with_state(&lm, |state| state.with_instructions("Shout.")),
            "the instructions of predictor `quiz` differ (was \"One word.\", now \"Shout.\")",
        ),
        (
            with_state(&lm, |state| state.with_field("question", prose)),
            "the description of field `question` of predictor `quiz` differs (was \"\", now \"what is \
             asked\")",
        ),
        (
            node(&lm, spec("One word.")).temperature(0.5),
            "the parameter `temperature` of predictor `quiz` is new",
        ),
        (
            node(&lm, spec("One word.")).max_tokens(60),
            "the parameter `max_tokens` of predictor `quiz` differs (was 50, now 60)",
        ),
        (
            with_state(&lm, |state| state.with_demos(vec![demo])),
            "the demos of predictor `quiz` differ",
        ),
        (
            node(&lm, spec("One word.")).adapter(JsonAdapter),
            "the adapter of predictor `quiz` differs (was \"chat\", now \"json\")",
        ),
    ];
    for (other, words) in cases {
        assert_eq!(difference(&lm, other).await, words);
    }
}

#[tokio::test]
async fn several_differences_are_listed() {
    let lm = lm();
    let mut other = described("what is asked", "Question:");
    other.instructions = "Shout.".into();
    assert_eq!(
        difference(&lm, node(&lm, other)).await,
        "the description of field `question` of predictor `quiz` differs (was \"\", now \"what is \
         asked\"); the instructions of predictor `quiz` differ (was \"One word.\", now \"Shout.\")"
    );
}

#[tokio::test]
async fn settings_rows_and_seed_are_said_in_sentences() {
    let folder = tempdir().unwrap();
    let lm = lm();
    let program = node(&lm, spec("One word."));
    let run = || Run::folder(folder.path());
    let optimizer =
        |demos| LabeledFewShot::new(is_right as fn(&Quiz, &Quiz) -> bool).max_demos(demos);
    let optimize = async |demos, val, run: Run| {
        let ended = optimizer(demos)
            .optimize(&program, &splits(3, val, 0), &run)
            .await;
        ended.map(|_| ()).map_err(|error| error.to_string())
    };
    optimize(2, 3, run().seed(1)).await.unwrap();
    let lenient = VerdictRule::default().with_margin(0.1);
    for (ended, words) in [
        (
            optimize(2, 3, run().seed(2)).await,
            "the seed differs (was 1, now 2)",
        ),
        (
            optimize(1, 3, run().seed(1)).await,
            "the setting `max_demos` of the optimizer differs (was 2, now 1)",
        ),
        (
            optimize(2, 4, run().seed(1)).await,
            "the validation rows differ; use",
        ),
        (
            optimize(2, 3, run().seed(1).version("2")).await,
            "the version of the run is new",
        ),
        (
            optimize(2, 3, run().seed(1).verdict(lenient)).await,
            "the margin of the verdict differs (was 0.02, now 0.1)",
        ),
    ] {
        let error = ended.unwrap_err();
        assert!(error.contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_manifest_shows_the_texts_to_a_person() {
    let folder = tempdir().unwrap();
    let lm = lm();
    optimize(
        &node(&lm, described("what is asked", "Q:")),
        &Run::folder(folder.path()),
    )
    .await
    .unwrap();
    let manifest = fs::read_to_string(folder.path().join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let quiz = &manifest["program"]["predictors"]["quiz"];
    assert_eq!(quiz["signature"], "question -> answer");
    assert_eq!(quiz["instructions"], "One word.");
    assert_eq!(quiz["fields"]["question"]["desc"], "what is asked");
    assert_eq!(quiz["fields"]["question"]["prefix"], "Q:");
    assert_eq!(quiz["params"]["max_tokens"], 50);
    assert_eq!(manifest["metric"]["range"], serde_json::json!([0.0, 1.0]));
}

#[tokio::test]
async fn i5_an_evaluation_with_another_prompt_is_refused_too() {
    let folder = tempdir().unwrap();
    let lm = lm();
    let run = Run::folder(folder.path());
    let data = rows(0..3);
    let first = node(&lm, spec("One word."));
    run.evaluate(&first, &data, &is_right).await.unwrap();
    let other = node(&lm, spec("Shout."));
    let stop = run.evaluate(&other, &data, &is_right).await.unwrap_err();
    assert!(
        stop.to_string()
            .contains("the instructions of predictor `quiz` differ"),
        "{stop}"
    );
    assert_eq!(lm.calls(), 3);
}
