//! `KNNFewShot`, by what it promises.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashoptimize::engine::Run;
use dashoptimize::evaluate::{Dataset, Decision, Splits};
use dashoptimize::lm::{
    BoxFuture, Budget, ChatModel, ChatReply, ChatRequest, LmError, Message, ModelInfo, Permit,
    Price, Role, Scripted, Usage,
};
use dashoptimize::module::{ChainOfThought, Module, ModuleExt, Predict, Reasoned};
use dashoptimize::optimizer::{KNNFewShot, Optimized, Optimizer};
use dashoptimize::state::{Demo, Nearest};
use dashoptimize::{pipeline, signature};
use serde_json::json;

use super::{Kind, KindInput, KindOutput, LETTERS, Letters, demo, input, row, silent};
use crate::support::journal::answers;

/// Names of families. The things of a family are of one kind, which only a demo tells.
const FAMILIES: [&str; 10] = [
    "ash", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine",
];

fn things(from: usize, to: usize) -> Vec<Kind> {
    let row = |i: usize| {
        let family = FAMILIES[i / 2 % FAMILIES.len()];
        row(
            &format!("{family} number {i}"),
            &format!("kind of {family}"),
        )
    };
    (from..to).map(row).collect()
}

fn splits() -> Splits<Kind> {
    let part = |from, to| Dataset::from_vec(things(from, to));
    Splits::builder()
        .train(part(0, 30))
        .val(part(30, 50))
        .holdout(part(50, 90))
        .build()
        .unwrap()
}

fn is_right(gold: &Kind, found: &KindOutput) -> bool {
    gold.kind == found.kind
}

/// Knows the kind of a thing if a demo of the same family is shown.
#[derive(Clone, Default)]
struct Copycat {
    calls: Arc<AtomicU64>,
    dies_at: Option<u64>,
}

impl Copycat {
    fn answer(request: &ChatRequest) -> String {
        let messages: Vec<&Message> = request.messages().collect();
        let (query, before) = messages.split_last().expect("there is a query");
        let family = |message: &Message| {
            let thing = message.text().rsplit('\n').next().unwrap_or_default();
            thing.split(' ').next().map(str::to_owned)
        };
        let demos = before[1..].chunks(2);
        let known = demos.rev().find(|demo| family(demo[0]) == family(query));
        known.map_or_else(
            || "[[ ## kind ## ]]\nno idea".to_owned(),
            |demo| demo[1].text().to_owned(),
        )
    }
}

impl ChatModel for Copycat {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let call = self.calls.fetch_add(1, Ordering::SeqCst);
            if self.dies_at.is_some_and(|last| call >= last) {
                std::future::pending::<()>().await;
            }
            for _ in 0..call % 5 {
                tokio::task::yield_now().await;
            }
            Ok(ChatReply::new(Self::answer(request)).with_usage(Usage::new(10, 5)))
        })
    }

    fn info(&self) -> ModelInfo {
        ModelInfo::new("copycat").with_price(Price::per_1m(1.0, 2.0))
    }
}

async fn tune<M: Module<Input = KindInput, Output = KindOutput>>(
    optimizer: impl Optimizer<M, Kind>,
    program: M,
    run: Run,
) -> Optimized<M> {
    optimizer
        .optimize(&program, &splits(), &run.seed(1))
        .await
        .unwrap()
}

#[tokio::test]
async fn nearest_demos_are_better_where_they_matter() {
    let tuned = tune(
        KNNFewShot::new(is_right),
        Predict::<Kind>::new(Copycat::default()),
        Run::in_memory(),
    )
    .await;
    let verdict = tuned.verdict.as_ref().unwrap();
    assert_eq!(verdict.decision, Decision::Better, "{verdict}");
    let predictor = &tuned.tuned.predictors["predict"];
    assert_eq!(predictor.nearest, Some(Nearest::lexical(3)));
    // The rows of the training part and no other.
    let train = things(0, 30);
    let train: Vec<Demo> = train
        .iter()
        .map(|row| demo(&row.thing, &row.kind))
        .collect();
    assert_eq!(predictor.demos, train);
    // Every family is among them, so that all of the hold-out is right.
    for row in things(50, 90) {
        let output = tuned.program.call(input(&row.thing)).await.unwrap();
        assert_eq!(output.kind, row.kind);
    }
}

#[tokio::test]
async fn an_embedder_does_it_as_well() {
    let program = Predict::<Kind>::new(Copycat::default()).embedder(LETTERS);
    let tuned = tune(
        KNNFewShot::new(is_right).k(5).embedded(),
        program,
        Run::in_memory(),
    )
    .await;
    let nearest = &tuned.tuned.predictors["predict"].nearest;
    assert_eq!(*nearest, Some(Nearest::by("letters", 5)));
    let verdict = tuned.verdict.as_ref().unwrap();
    assert_eq!(verdict.decision, Decision::Better, "{verdict}");
}

#[tokio::test]
async fn each_training_row_is_tried_once_and_pools_of_equal_prompts_cost_nothing() {
    // Both programs on the 20 rows of validation and the 40 of the hold-out, and the 30 rows of
    // training. The runs that pass say what the rows say, so that the second pool is the first one
    // again, and its evaluation is answered by the journal.
    for (rounds, calls) in [(1, 2 * 20 + 30 + 2 * 40), (0, 2 * 20 + 2 * 40)] {
        let model = Copycat::default();
        let program = Predict::<Kind>::new(model.clone());
        let optimizer = KNNFewShot::new(is_right).max_rounds(rounds);
        let tuned = tune(optimizer, program, Run::in_memory()).await;
        assert_eq!(model.calls.load(Ordering::SeqCst), calls, "{rounds} rounds");
        assert_eq!(tuned.report.ledger.total().calls, calls);
    }
}

#[tokio::test]
async fn an_example_never_sees_its_own_answer_while_demos_are_made() {
    let model = Scripted::new(|request: &ChatRequest| {
        let messages: Vec<&Message> = request.messages().collect();
        let (query, before) = messages.split_last().unwrap();
        let seen = before.iter().any(|message| message.text() == query.text());
        assert!(!seen, "the answer is shown: {}", query.text());
        "[[ ## kind ## ]]\nx"
    });
    // Two of the rows have equal inputs: neither may be shown to the other.
    let mut train = things(0, 12);
    train.push(row("elm number 3", "another kind"));
    let part = |from, to| Dataset::from_vec(things(from, to));
    let data = Splits::builder()
        .train(train)
        .val(part(30, 40))
        .holdout(part(50, 60))
        .build()
        .unwrap();
    let run = Run::in_memory();
    let program = Predict::<Kind>::new(model);
    KNNFewShot::new(is_right)
        .k(13)
        .optimize(&program, &data, &run)
        .await
        .unwrap();
}

/// Copies from a demo of the same family, but where the number is odd only from one with reasoning.
fn thinker(request: &ChatRequest) -> String {
    let messages: Vec<&Message> = request.messages().collect();
    let (query, before) = messages.split_last().unwrap();
    let thing = query.text().rsplit('\n').next().unwrap();
    let (family, number) = thing.split_once(" number ").unwrap();
    let of_family = before.chunks(2).any(|_| true)
        && before.iter().any(|message| {
            message.role == Role::User && message.text().contains(&format!("{family} number"))
        });
    let thought = before
        .iter()
        .any(|message| message.text().contains(&format!("thought of {family}")));
    let even = number.parse::<u32>().unwrap().is_multiple_of(2);
    let kind = match of_family && (even || thought) {
        true => format!("kind of {family}"),
        false => "no idea".to_owned(),
    };
    format!("[[ ## reasoning ## ]]\nthought of {thing}\n\n[[ ## kind ## ]]\n{kind}")
}

#[tokio::test]
async fn runs_that_pass_take_the_place_of_their_rows() {
    let program = ChainOfThought::<Kind>::new(Scripted::new(thinker));
    let metric = |gold: &Kind, found: &Reasoned<KindOutput>| is_right(gold, found);
    let run = Run::in_memory().seed(1);
    let tuned = KNNFewShot::new(metric)
        .optimize(&program, &splits(), &run)
        .await
        .unwrap();
    let scores: Vec<_> = tuned
        .report
        .tried
        .iter()
        .map(|tried| tried.measured.score())
        .collect();
    // No demos; labelled rows, where the even numbers are right; runs with their reasoning.
    assert_eq!(scores, [Some(0.0), Some(0.5), Some(1.0)]);
    let demos = &tuned.tuned.predictors["chain_of_thought"].demos;
    assert_eq!(demos.len(), 30, "all rows are there");
    for (number, demo) in demos.iter().enumerate() {
        let thing = demo.inputs["thing"].as_str().unwrap();
        assert!(
            thing.ends_with(&format!(" number {number}")),
            "in the order of the rows"
        );
        let thought = demo.outputs.get("reasoning");
        let passed = number % 2 == 0;
        let expected = passed.then(|| json!(format!("thought of {thing}")));
        assert_eq!(thought, expected.as_ref(), "{thing}");
    }
}

/// Describe the thing.
#[signature]
struct Describe {
    #[input]
    thing: String,
    #[output]
    words: String,
}

pipeline!(
    #[with(rows = Kind)]
    fn TwoSteps(thing: String) -> String {
        let described = Predict::<Describe> { thing }.words;
        Predict::<Kind> { thing: described }.kind
    }
);

#[tokio::test]
async fn every_step_of_a_pipeline_gets_its_pool() {
    // Describing says the same again; then it copies as before.
    let model = Scripted::new(|request: &ChatRequest| {
        let query = request.turns.last().unwrap().text();
        match request.prefix.messages()[0].text().starts_with("Describe") {
            true => format!("[[ ## words ## ]]\n{}", query.rsplit('\n').next().unwrap()),
            false => Copycat::answer(request),
        }
    });
    let program = TwoSteps::new(model).embedder(LETTERS);
    let metric = |gold: &Kind, kind: &String| gold.kind == *kind;
    let optimizer = KNNFewShot::new(metric).k(4).embedded();
    let run = Run::in_memory().seed(1);
    let tuned = optimizer.optimize(&program, &splits(), &run).await.unwrap();
    let verdict = tuned.verdict.as_ref().unwrap();
    assert_eq!(verdict.decision, Decision::Better, "{verdict}");
    let nearest = |path: &str| tuned.tuned.predictors[path].nearest.clone();
    // No row has `words`, so at first only the second step has demos; both pools do equally well.
    assert_eq!(nearest("described"), None);
    assert_eq!(nearest("output"), Some(Nearest::by("letters", 4)));
    let loaded = TwoSteps::new(silent()).embedder(LETTERS);
    assert_eq!(
        tuned.artifact.install(&loaded).unwrap().state(),
        tuned.tuned
    );
}

#[tokio::test]
async fn i4_concurrency_1_and_64_give_the_same_artifact() {
    let mut artifacts = Vec::new();
    for concurrency in [1, 64] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let run = Run::folder(&path).concurrency(concurrency);
        tune(
            KNNFewShot::new(is_right),
            Predict::<Kind>::new(Copycat::default()),
            run,
        )
        .await;
        artifacts.push(std::fs::read(path.join("artifact.json")).unwrap());
    }
    assert!(artifacts[0] == artifacts[1]);
}

/// Which inputs have their vectors first depends on threads, so the calls start in any order.
#[tokio::test]
async fn i4_concurrency_does_not_matter_where_an_embedder_chooses_and_a_budget_ends_the_search() {
    for calls in [75, 95, 110] {
        let mut artifacts = Vec::new();
        for concurrency in [1, 16, 64] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("run");
            let run = Run::folder(&path)
                .without_verdict()
                .concurrency(concurrency);
            let program = Predict::<Kind>::new(Copycat::default()).embedder(LETTERS);
            let optimizer = KNNFewShot::new(is_right).embedded();
            tune(optimizer, program, run.budget(Budget::calls(calls))).await;
            artifacts.push(std::fs::read(path.join("artifact.json")).unwrap());
        }
        assert!(artifacts[0] == artifacts[1], "{calls} calls");
        assert!(artifacts[0] == artifacts[2], "{calls} calls");
    }
}

async fn tune_in(path: &Path, model: Copycat) -> Vec<u8> {
    let run = Run::folder(path).concurrency(4);
    tune(KNNFewShot::new(is_right), Predict::<Kind>::new(model), run).await;
    std::fs::read(path.join("artifact.json")).unwrap()
}

#[tokio::test(start_paused = true)]
async fn i5_a_killed_run_goes_on_and_ends_byte_equal() {
    let folder = tempfile::tempdir().unwrap();
    let whole = Copycat::default();
    let expected = tune_in(&folder.path().join("whole"), whole.clone()).await;
    let all = whole.calls.load(Ordering::SeqCst);
    for call in [5, all / 2, all - 5] {
        let path = folder.path().join(format!("killed at {call}"));
        let dying = Copycat {
            dies_at: Some(call),
            ..Copycat::default()
        };
        let killed =
            tokio::time::timeout(std::time::Duration::from_secs(3600), tune_in(&path, dying));
        assert!(killed.await.is_err(), "the run hangs at call {call}");
        let recorded = answers(&path);
        let second = Copycat::default();
        assert!(
            tune_in(&path, second.clone()).await == expected,
            "killed at call {call} of {all}"
        );
        let again = second.calls.load(Ordering::SeqCst);
        assert_eq!(again, all - recorded, "no recorded call is paid twice");
    }
}

#[tokio::test]
async fn a_folder_of_another_embedder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let program = |embedder| Predict::<Kind>::new(Copycat::default()).embedder(embedder);
    let run = || Run::folder(folder.path()).seed(1);
    let optimizer = || KNNFewShot::new(is_right).embedded();
    tune(optimizer(), program(LETTERS), run()).await;
    let error = optimizer()
        .optimize(&program(Letters("other")), &splits(), &run())
        .await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains(
            "the embedder of predictor `predict` differs (was \"letters\", now \"other\")"
        ),
        "{error}"
    );
}
