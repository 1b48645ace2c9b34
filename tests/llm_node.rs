//! `LLMNode`: what a program of the dynamic interface gets from the optimizers.

use dashoptimize::engine::{DynOptimizer, Optimizer, Run, Search};
use dashoptimize::lm::{ChatRequest, Role, Scripted};
use dashoptimize::module::{LLMNode, ModuleExt};
use dashoptimize::optimizer::{
    BetterTogether, BootstrapFewShot, COPRO, InferRules, KNNFewShot, LabeledFewShot, RandomSearch,
    Stage,
};
use dashoptimize::state::Nearest;

use crate::support::quiz::{Quiz, is_right, node, row, splits};

type Metric = fn(&Quiz, &Quiz) -> bool;
const METRIC: Metric = is_right;

/// Answers even numbers, and those not divisible by three once it is shown demos.
fn answer(request: &ChatRequest) -> String {
    let messages: Vec<_> = request.messages().collect();
    let is_shown = messages
        .iter()
        .any(|message| message.role == Role::Assistant);
    let query = messages.last().expect("a query").text();
    let number = query
        .split("number ")
        .nth(1)
        .and_then(|rest| rest.split('?').next());
    let number: usize = number
        .and_then(|n| n.parse().ok())
        .expect("the question holds a number");
    let knows = number.is_multiple_of(2) || (is_shown && !number.is_multiple_of(3));
    let word = if knows {
        row(number).answer
    } else {
        "no idea".to_owned()
    };
    format!("[[ ## answer ## ]]\n{word}")
}

fn every_optimizer() -> Vec<Box<dyn DynOptimizer<LLMNode<Quiz>, Quiz>>> {
    vec![
        Box::new(LabeledFewShot::new(METRIC)),
        Box::new(BootstrapFewShot::new(METRIC)),
        Box::new(RandomSearch::new(METRIC).seeds(-3..1)),
        Box::new(KNNFewShot::new(METRIC).k(4)),
        Box::new(InferRules::new(METRIC).num_candidates(2)),
        Box::new(
            BetterTogether::new(METRIC)
                .then(LabeledFewShot::stage())
                .then(BootstrapFewShot::stage()),
        ),
    ]
}

/// Ten of the rows 20 to 39 are even, and six of the others are not divisible by three.
#[tokio::test]
async fn every_optimizer_improves_a_node() {
    let data = splits(20, 20, 0);
    for optimizer in every_optimizer() {
        let name = optimizer.name().to_owned();
        let program = node(Scripted::new(answer));
        let tuned = optimizer
            .optimize(&program, &data, &Run::in_memory())
            .await
            .unwrap();
        let scores = (tuned.initial_score(), tuned.final_score());
        assert_eq!(scores, (Some(10.0 / 20.0), Some(16.0 / 20.0)), "{name}");
        let state = &tuned.program.state().predictors["quiz"];
        assert!(!state.demos.is_empty(), "{name} shows demos: {tuned}");
        let chosen = (name == "KNNFewShot").then(|| Nearest::lexical(4));
        assert_eq!(state.nearest, chosen, "{name}");
    }
}

/// Answers even numbers, and all others once it is told to.
fn obey(request: &ChatRequest) -> String {
    let is_told = request.prefix.messages()[0]
        .text()
        .contains("Odd ones, too.");
    let query = request.turns[0].text();
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    let number: usize = digits.parse().expect("the question holds a number");
    match is_told || number.is_multiple_of(2) {
        true => format!("[[ ## answer ## ]]\n{}", row(number).answer),
        false => "[[ ## answer ## ]]\nno idea".to_owned(),
    }
}

#[tokio::test]
async fn instructions_of_a_node_are_improved_and_its_demos_stay() {
    let proposer = Scripted::new(|request: &ChatRequest| {
        let text = ["Say it.", "Odd ones, too.", "Say nothing."][request.sample as usize % 3];
        format!("[[ ## proposed_instruction ## ]]\n{text}\n\n[[ ## proposed_prefix ## ]]\nWord:")
    });
    let given = LabeledFewShot::new(METRIC).max_demos(2);
    let data = splits(20, 20, 0);
    let student = node(Scripted::new(obey));
    let run = Run::in_memory().install(dashoptimize::engine::Install::Always);
    let shown = given.optimize(&student, &data, &run).await.unwrap().program;
    let copro = COPRO::new(METRIC)
        .breadth(4)
        .depth(2)
        .proposer(proposer.with_id("proposer"));
    let tuned = copro
        .optimize(&shown, &data, &Run::in_memory())
        .await
        .unwrap();
    assert_eq!(
        (tuned.initial_score(), tuned.final_score()),
        (Some(0.5), Some(1.0))
    );
    let (state, before) = (
        &tuned.tuned.predictors["quiz"],
        &shown.state().predictors["quiz"],
    );
    assert_eq!(state.instructions.as_deref(), Some("Odd ones, too."));
    assert_eq!(
        (&state.demos, &state.fields),
        (&before.demos, &before.fields)
    );
    assert_eq!(state.demos.len(), 2);
}
