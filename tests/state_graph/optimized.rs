//! A graph is optimized, saved, loaded and resumed like every program.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dashoptimize::engine::{DynOptimizer, Search as _};
use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, LmError, Permit, Role, Scripted,
};
use dashoptimize::optimizer::Optimized;
use dashoptimize::prelude::*;
use dashoptimize::state::State;
use serde::{Deserialize, Serialize};
use tempfile::tempdir;

use crate::support::chain::{Chain, reply};
use crate::support::coach::{Coach, GOOD};
use crate::support::quiz::{self, Quiz};

/// A labelled row, and the state of the graph. The hint has no label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Hinted {
    pub(super) question: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
    pub(super) answer: String,
}

pub(super) fn row(n: usize) -> Hinted {
    let Quiz { question, answer } = quiz::row(n);
    Hinted {
        question,
        hint: None,
        answer,
    }
}

fn splits(train: usize, val: usize) -> Splits<Hinted> {
    let rows = |range: Range<usize>| Dataset::from_vec_serde(range.map(row).collect()).unwrap();
    let splits = Splits::builder()
        .train(rows(0..train))
        .val(rows(train..train + val));
    splits.build().unwrap()
}

/// `question -> hint`, then `hint -> answer`: the same program as [`Chain`].
fn chain(lm: impl ChatModel) -> CompiledGraph<Hinted> {
    chain_graph(lm).compile().unwrap()
}

pub(super) fn chain_graph(lm: impl ChatModel) -> StateGraph<Hinted> {
    let lm = Lm::new(lm);
    let node =
        |signature: &str| LLMNode::new(make_signature(signature, "Do it.").unwrap(), &lm, "node");
    let mut graph = StateGraph::<Hinted>::new("Hinted");
    graph
        .add_node("hint", node("question -> hint"))
        .add_node("answer", node("hint -> answer"))
        .set_entry_point("hint")
        .add_edge("hint", "answer")
        .add_edge("answer", END);
    graph
}

fn is_right(gold: &Hinted, said: &Hinted) -> bool {
    gold.answer == said.answer
}

type Metric = fn(&Hinted, &Hinted) -> bool;
const METRIC: Metric = is_right;

/// Knows all hints, and the words of even numbers; once it is shown demos, also of those not divisible by three.
pub(super) fn answer(request: &ChatRequest) -> String {
    let query = request.turns[0].text();
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    let number: usize = digits.parse().unwrap();
    let is_shown = request
        .messages()
        .any(|message| message.role == Role::Assistant);
    let knows = number.is_multiple_of(2) || (is_shown && !number.is_multiple_of(3));
    match knows || query.contains("number") {
        true => reply(query),
        false => "[[ ## answer ## ]]\nno idea".to_owned(),
    }
}

fn optimizers() -> Vec<Box<dyn DynOptimizer<CompiledGraph<Hinted>, Hinted>>> {
    vec![
        Box::new(BootstrapFewShot::new(METRIC)),
        Box::new(RandomSearch::new(METRIC).seeds(-3..1)),
        Box::new(
            BetterTogether::new(METRIC)
                .then(LabeledFewShot::stage())
                .then(BootstrapFewShot::stage()),
        ),
    ]
}

/// Of the rows 20 to 39, ten are even, and six of the others are not divisible by three.
#[tokio::test]
async fn optimizers_of_demos_improve_all_nodes() {
    for optimizer in optimizers() {
        let name = optimizer.name().to_owned();
        let tuned = optimizer
            .optimize(
                &chain(Scripted::new(answer)),
                &splits(20, 20),
                &Run::in_memory(),
            )
            .await
            .unwrap();
        let scores = (tuned.initial_score(), tuned.final_score());
        assert_eq!(scores, (Some(10.0 / 20.0), Some(16.0 / 20.0)), "{name}");
        // The rows have no hints, so both nodes learn from runs.
        for path in ["hint", "answer"] {
            assert!(
                !tuned.tuned.predictors[path].demos.is_empty(),
                "{name}: {path}"
            );
        }
    }
}

/// The same as of a program that was written by hand: each node has an instruction of its own.
#[tokio::test]
async fn optimizers_of_instructions_improve_all_nodes() {
    let optimizer = MIPROv2::new(METRIC)
        .max_bootstrapped_demos(0)
        .max_labeled_demos(0)
        .num_trials(36);
    let lm = Coach::default();
    let run = Run::in_memory().seed(2);
    let tuned = optimizer
        .optimize(&chain(lm.clone()), &splits(30, 40), &run)
        .await
        .unwrap();
    for path in ["hint", "answer"] {
        let instructions = tuned.tuned.predictors[path].instructions.as_deref();
        assert!(instructions.unwrap().contains(GOOD), "{path}: {tuned}");
    }
    // A proposer is shown the graph.
    let proposals = lm.asked_for("proposed_instruction");
    let drawing = "n0([\"state\"])";
    let shown = |request: &ChatRequest| {
        request
            .messages()
            .any(|message| message.text().contains(drawing))
    };
    assert!(!proposals.is_empty() && proposals.iter().all(shown));
}

async fn by_graph(run: &Run) -> Optimized<CompiledGraph<Hinted>> {
    let search = RandomSearch::new(METRIC).num_candidate_programs(4);
    search
        .optimize(&chain(Scripted::new(answer)), &splits(20, 20), run)
        .await
        .unwrap()
}

/// The same predictors at the same paths: the same demos, texts and scores.
#[tokio::test]
async fn a_graph_and_a_program_written_by_hand_become_the_same() {
    let graph = by_graph(&Run::in_memory().seed(4)).await;
    let search = RandomSearch::new(quiz::is_right as fn(&Quiz, &Quiz) -> bool);
    let by_hand = search
        .num_candidate_programs(4)
        .optimize(
            &Chain::new(Scripted::new(answer)),
            &quiz::splits(20, 20, 0),
            &Run::in_memory().seed(4),
        )
        .await
        .unwrap();
    let texts = |state: &State| serde_json::to_string(state).unwrap();
    assert_eq!(texts(&graph.tuned), texts(&by_hand.tuned));
    assert_eq!(graph.final_score(), by_hand.final_score());
    assert_eq!(
        graph.report.ledger.total().calls,
        by_hand.report.ledger.total().calls
    );
}

#[tokio::test]
async fn prompts_of_a_graph_are_saved_and_loaded_by_path() {
    let tuned = by_graph(&Run::in_memory()).await;
    let folder = tempdir().unwrap();
    let file = folder.path().join("hinted.json");
    tuned.program.save(&file).unwrap();
    let loaded = chain(Scripted::new(answer)).load(&file).unwrap();
    assert_eq!(loaded.state(), tuned.program.state());
    let asked = Hinted {
        answer: String::new(),
        ..row(25)
    };
    assert_eq!(loaded.call(asked).await.unwrap().answer, row(25).answer);

    // Another graph does not have these paths.
    let lm = Lm::new(Scripted::new(answer));
    let signature = make_signature("question -> answer", "").unwrap();
    let mut other = StateGraph::<Hinted>::new("Other");
    other
        .add_node("other", LLMNode::new(signature, &lm, "node"))
        .set_entry_point("other")
        .add_edge("other", END);
    let error = other
        .compile()
        .unwrap()
        .load(&file)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`answer`") && error.contains("`hint`"),
        "{error}"
    );
}

/// A model that replies out of order, and stops replying at some call, as if the process was killed.
#[derive(Clone, Default)]
struct Dying {
    calls: Arc<AtomicU64>,
    at: Option<u64>,
}

impl ChatModel for Dying {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let call = self.calls.fetch_add(1, Ordering::SeqCst);
            if self.at.is_some_and(|last| call >= last) {
                std::future::pending::<()>().await;
            }
            for _ in 0..call % 7 {
                tokio::task::yield_now().await;
            }
            Ok(ChatReply::new(answer(request)))
        })
    }
}

async fn optimize(lm: Dying, run: Run) -> Optimized<CompiledGraph<Hinted>> {
    let search = RandomSearch::new(METRIC).num_candidate_programs(2);
    search
        .optimize(&chain(lm), &splits(9, 8), &run)
        .await
        .unwrap()
}

fn artifact(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("artifact.json")).unwrap()
}

#[tokio::test]
async fn i4_a_graph_ends_the_same_at_concurrency_1_and_64() {
    let folder = tempdir().unwrap();
    let path = |concurrency: usize| folder.path().join(concurrency.to_string());
    for concurrency in [1, 64] {
        let run = Run::folder(path(concurrency))
            .seed(5)
            .concurrency(concurrency);
        optimize(Dying::default(), run).await;
    }
    assert_eq!(artifact(&path(1)), artifact(&path(64)));
}

#[tokio::test]
async fn i5_a_killed_run_of_a_graph_goes_on_and_ends_byte_equal() {
    let folder = tempdir().unwrap();
    let whole = folder.path().join("whole");
    let lm = Dying::default();
    optimize(lm.clone(), Run::folder(&whole).seed(5).concurrency(8)).await;
    let all = lm.calls.load(Ordering::SeqCst);
    for (number, call) in (0..all).step_by(23).enumerate() {
        let killed = folder.path().join(format!("killed {number}"));
        let at = Some(call);
        let run = Run::folder(&killed)
            .seed(5)
            .concurrency([1, 8, 64][number % 3]);
        let dying = Dying {
            at,
            ..Dying::default()
        };
        let mut dying = Box::pin(async move { optimize(dying, run).await.final_score() });
        let ended = tokio::time::timeout(Duration::from_millis(150), &mut dying).await;
        assert!(
            ended.is_err(),
            "the run cannot end once the model is silent"
        );
        // Leaked and not dropped, because `kill -9` runs no destructors.
        std::mem::forget(dying);

        let path = folder.path().join(number.to_string());
        fs::create_dir(&path).unwrap();
        for name in ["manifest.json", "journal.jsonl"] {
            fs::copy(killed.join(name), path.join(name)).unwrap();
        }
        optimize(Dying::default(), Run::folder(&path).seed(5).concurrency(8)).await;
        assert_eq!(
            artifact(&path),
            artifact(&whole),
            "killed at call {call} of {all}"
        );
    }
}

/// The nodes have the same names and signatures; an edge, a bound or a reducer is another graph.
#[tokio::test]
async fn i5_a_changed_graph_is_another_run() {
    let folder = tempdir().unwrap();
    let search = || LabeledFewShot::new(METRIC);
    let run = || Run::folder(folder.path().join("run"));
    let data = splits(3, 3);
    let given = chain_graph(Scripted::new(answer));
    search()
        .optimize(&given.compile().unwrap(), &data, &run())
        .await
        .unwrap();
    search()
        .optimize(&given.compile().unwrap(), &data, &run())
        .await
        .unwrap();
    let mut longer = given.clone();
    longer.max_steps(3);
    let mut routed = given.clone();
    routed.add_conditional_edges("hint", |_| END, [END]);
    let mut reduced = given.clone();
    reduced.reducer("answer", Reducer::new("last", |_, written| written));
    for (what, changed) in [("bound", longer), ("route", routed), ("reducer", reduced)] {
        let refused = search()
            .optimize(&changed.compile().unwrap(), &data, &run())
            .await;
        let error = refused
            .err()
            .unwrap_or_else(|| panic!("{what}"))
            .to_string();
        assert!(
            error.contains("the code of the steps of `Hinted` differs"),
            "{what}: {error}"
        );
    }
}

/// What fails in a graph is an outcome of its row, of the same kind as in every program.
#[tokio::test]
async fn failures_in_a_graph_are_outcomes() {
    let rows = Dataset::from_vec_serde((0..6).map(row).collect()).unwrap();
    let evaluate = async |graph: &StateGraph<Hinted>| {
        let run = Run::in_memory();
        let program = graph.compile().unwrap();
        let (evaluation, _) = run.evaluate(&program, &rows, &METRIC).await.unwrap();
        evaluation.measured
    };
    let number = |hinted: &Hinted| -> usize {
        let digits: String = hinted
            .question
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        digits.parse().unwrap()
    };
    let all_known = || chain_graph(Scripted::new(|r: &ChatRequest| reply(r.turns[0].text())));
    assert_eq!(evaluate(&all_known()).await.score(), Some(1.0));

    // A function that fails in two of six rows.
    let mut failing = all_known();
    let check = move |hinted: Hinted| match number(&hinted) % 3 {
        0 => Err("divisible by three"),
        _ => Ok(hinted),
    };
    failing
        .add_node("check", NodeFn::writes(Vec::<String>::new(), check))
        .add_edge("hint", "check")
        .add_edge("check", END);
    let measured = evaluate(&failing).await;
    assert_eq!(
        (measured.score(), measured.failures().program),
        (Some(4.0 / 6.0), 2)
    );

    // A loop that is never left in one of six rows.
    let mut endless = all_known();
    let is_done = move |hinted: &Hinted| number(hinted) != 4;
    endless
        .add_conditional_edges("answer", is_done, [(true, END), (false, "hint")])
        .max_steps(6);
    let measured = evaluate(&endless).await;
    assert_eq!(
        (measured.score(), measured.failures().program),
        (Some(5.0 / 6.0), 1)
    );

    // A reply that cannot be read, for two of six rows.
    let unread = chain_graph(Scripted::new(|request: &ChatRequest| {
        let query = request.turns[0].text();
        match query.contains("hint 2") || query.contains("hint 5") {
            true => String::new(),
            false => reply(query),
        }
    }));
    let measured = evaluate(&unread).await;
    assert_eq!(
        (measured.score(), measured.failures().parse),
        (Some(4.0 / 6.0), 2)
    );
}
