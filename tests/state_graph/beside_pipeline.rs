//! The same program as a `pipeline!` and as a `StateGraph`: the same calls, prompts, drawings and scores.

use dashoptimize::evaluate::Example;
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;
use serde_json::{Map, Value};
use tempfile::tempdir;

use super::optimized::{Hinted, answer, chain_graph, row};
use crate::support::coach::Coach;

// The nodes of the graph in `optimized.rs`.
pipeline!(
    fn Hints(state: Hinted) -> Hinted {
        #[with(signature = "question -> hint", instructions = "Do it.")]
        let hint = LLMNode::<Hinted> { ..state };
        #[with(signature = "hint -> answer", instructions = "Do it.")]
        let answer = LLMNode::<Hinted> { ..hint };
        answer
    }
);

/// A row for both programs.
impl Example<HintsInput> for Hinted {
    fn input(&self) -> HintsInput {
        HintsInput {
            state: self.clone(),
        }
    }

    fn fields(&self) -> Map<String, Value> {
        Example::<Self>::fields(self)
    }
}

fn is_right(gold: &Hinted, said: &Hinted) -> bool {
    gold.answer == said.answer
}

/// What a run did: its calls in order, the tuned state and both scores.
struct Did {
    calls: Vec<ChatRequest>,
    state: String,
    saved: String,
    scores: [Option<f64>; 2],
    spent: String,
}

macro_rules! did {
    ($optimizer:expr, $program:expr, $lm:expr) => {{
        let lm = $lm;
        let rows = |range: std::ops::Range<usize>| range.map(row).collect::<Vec<_>>();
        let data = Splits::builder().train(Dataset::from_vec_serde(rows(0..20)).unwrap());
        let data = data
            .val(Dataset::from_vec_serde(rows(20..50)).unwrap())
            .build()
            .unwrap();
        let run = Run::in_memory().seed(3).concurrency(1);
        let tuned = $optimizer.optimize(&$program, &data, &run).await.unwrap();
        let folder = tempdir().unwrap();
        tuned
            .program
            .save(folder.path().join("saved.json"))
            .unwrap();
        Did {
            calls: lm.requests(),
            state: serde_json::to_string(&tuned.tuned).unwrap(),
            saved: std::fs::read_to_string(folder.path().join("saved.json")).unwrap(),
            scores: [tuned.initial_score(), tuned.final_score()],
            spent: format!("{:?}", tuned.report.ledger.total()),
        }
    }};
}

/// Runs an optimizer on both programs, with a model of their own each.
macro_rules! same {
    ($model:expr, $optimizer:expr) => {{
        let name = stringify!($optimizer);
        let (one, other) = ($model, $model);
        let one = did!($optimizer, Hints::new(one.clone()), &one);
        let graph = chain_graph(other.clone()).compile().unwrap();
        let other = did!($optimizer, graph, &other);
        assert!(one.calls.len() > 40, "{name}: {} calls", one.calls.len());
        assert_eq!(one.calls.len(), other.calls.len(), "{name}");
        for (index, (one, other)) in one.calls.iter().zip(&other.calls).enumerate() {
            let messages =
                [one, other].map(|request| request.messages().cloned().collect::<Vec<_>>());
            assert_eq!(messages[0], messages[1], "{name}: call {index}");
            assert_eq!(
                (&one.params, one.sample),
                (&other.params, other.sample),
                "{name}"
            );
        }
        assert_eq!(one.state, other.state, "{name}");
        // A file says what type of program it is of.
        let saved = other.saved.replace("CompiledGraph<Hinted>", "Hints");
        assert_eq!(one.saved, saved, "{name}");
        assert_eq!(one.scores, other.scores, "{name}");
        assert_eq!(one.spent, other.spent, "{name}");
        one.scores
    }};
}

fn pupil() -> Scripted {
    Scripted::new(answer).keeping_requests()
}

#[tokio::test]
async fn optimizers_of_demos_do_the_same_with_both() {
    for [given, tuned] in [
        same!(pupil(), BootstrapFewShot::new(is_right)),
        same!(
            pupil(),
            RandomSearch::new(is_right).num_candidate_programs(3)
        ),
    ] {
        assert!(
            tuned > given,
            "it finds demos that help: {given:?}, {tuned:?}"
        );
    }
}

/// The rows are states of the graph, so that proposers are shown the same rows, and the same drawings.
#[tokio::test]
async fn optimizers_of_instructions_do_the_same_with_both() {
    same!(Coach::default(), COPRO::new(is_right).breadth(4).depth(2));
    let instructions = MIPROv2::new(is_right)
        .max_bootstrapped_demos(0)
        .max_labeled_demos(0);
    let [given, tuned] = same!(Coach::default(), instructions.clone().num_trials(36));
    assert!(
        tuned > given,
        "it finds instructions that help: {given:?}, {tuned:?}"
    );
}

#[test]
fn drawings_are_the_same() {
    let lm = Coach::default();
    let mut graph = chain_graph(lm);
    let drawn = graph.compile().unwrap().drawn();
    let (mermaid, dot) = (Hints::GRAPH.to_mermaid(), Hints::GRAPH.to_dot());
    assert_eq!(drawn.to_mermaid(), mermaid);
    assert_eq!(drawn.to_dot(), dot.replace("Hints", "Hinted"));
    assert!(
        mermaid.contains("n1[\"hint<br/>LLMNode&lt;Hinted&gt;\"]"),
        "{mermaid}"
    );

    // Routes are edges with what they return, and a graph inside is drawn in a box.
    graph
        .add_conditional_edges("hint", |_| true, [(true, END), (false, "answer")])
        .add_node("again", chain_graph(Coach::default()).compile().unwrap())
        .add_edge("answer", "again")
        .add_edge("again", END);
    let drawing = graph.compile().unwrap().drawn().to_mermaid();
    let wanted = "flowchart TD
    n0([\"state\"])
    n1[\"hint<br/>LLMNode&lt;Hinted&gt;\"]
    n2[\"answer<br/>LLMNode&lt;Hinted&gt;\"]
    subgraph n3[\"again<br/>Hinted\"]
        n3_0([\"state\"])
        n3_1[\"hint<br/>LLMNode&lt;Hinted&gt;\"]
        n3_2[\"answer<br/>LLMNode&lt;Hinted&gt;\"]
        n3_3([\"Hinted\"])
        n3_0 --> n3_1
        n3_1 --> n3_2
        n3_2 --> n3_3
    end
    n4([\"Hinted\"])
    n0 --> n1
    n1 --> n2
    n1 -->|\"true\"| n4
    n1 -->|\"false\"| n2
    n2 --> n4
    n2 --> n3
    n3 --> n4
";
    assert_eq!(drawing, wanted);
}
