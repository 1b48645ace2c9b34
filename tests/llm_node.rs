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

/// A state that goes through a pipeline.
mod in_a_pipeline {
    use dashoptimize::artifact::Persist;
    use dashoptimize::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Turn {
        question: String,
        answer: String,
        sure: Option<bool>,
    }

    /// A labelled question.
    #[signature]
    #[derive(Clone)]
    struct Labelled {
        #[input]
        question: String,
        #[output]
        answer: String,
    }

    module!(
        /// Answers.
        #[with(signature = "question -> answer", instructions = "Answer in a word.")]
        #[with(temperature = 0.0)]
        type Answer = LLMNode<Turn>;
    );

    pipeline!(
        #[with(rows = Labelled)]
        fn Asked(question: String) -> String {
            let turn = Answer {
                question,
                ..Default::default()
            };
            #[with(signature = "question, answer -> sure: bool", max_tokens = 9)]
            let judged = LLMNode::<Turn> { ..turn };
            match judged.sure {
                Some(true) => judged.answer,
                _ => format!("{}?", judged.answer),
            }
        }
    );

    fn model() -> Scripted {
        Scripted::new(|request: &ChatRequest| {
            let is_judge = request.prefix.messages()[0].text().contains("`sure`");
            match is_judge {
                true => "[[ ## sure ## ]]\ntrue".to_owned(),
                false => answer(request),
            }
        })
        .keeping_requests()
    }

    fn input(n: usize) -> AskedInput {
        AskedInput {
            question: row(n).question,
        }
    }

    #[tokio::test]
    async fn it_is_called_like_every_node() {
        let lm = model();
        let asked = Asked::new(lm.clone());
        assert_eq!(asked.call(input(2)).await.unwrap(), row(2).answer);
        let paths: Vec<_> = asked.predictors().iter().map(|p| p.path()).collect();
        assert_eq!(paths, ["turn", "judged"]);
        let requests = lm.requests();
        assert!(
            requests[0].prefix.messages()[0]
                .text()
                .contains("Answer in a word.")
        );
        assert_eq!(requests[0].params.temperature, Some(0.0));
        assert_eq!(requests[1].params.max_tokens, Some(9));
        let labels: Vec<_> = Asked::GRAPH.nodes.iter().map(|node| node.label).collect();
        assert!(
            labels.contains(&"Answer") && labels.contains(&"LLMNode<Turn>"),
            "{labels:?}"
        );
    }

    #[tokio::test]
    async fn it_is_optimized_and_saved_like_every_node() {
        let rows = |range: std::ops::Range<usize>| {
            let rows = range.map(|n| Labelled {
                question: row(n).question,
                answer: row(n).answer,
            });
            Dataset::from_vec(rows.collect())
        };
        let data = Splits::builder().train(rows(0..20)).val(rows(20..40));
        let metric = |gold: &Labelled, said: &String| gold.answer == *said;
        let tuned = BootstrapFewShot::new(metric)
            .optimize(
                &Asked::new(model()),
                &data.build().unwrap(),
                &Run::in_memory(),
            )
            .await
            .unwrap();
        let scores = (tuned.initial_score(), tuned.final_score());
        assert_eq!(scores, (Some(10.0 / 20.0), Some(16.0 / 20.0)));
        let demos = &tuned.program.state().predictors["turn"].demos;
        assert!(!demos.is_empty());

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("asked.json");
        tuned.program.save(&file).unwrap();
        let loaded = Asked::new(model()).load(&file).unwrap();
        assert_eq!(loaded.state(), tuned.program.state());
        assert_eq!(loaded.call(input(25)).await.unwrap(), row(25).answer);
    }

    #[tokio::test]
    #[should_panic(expected = "signature `question`")]
    async fn a_text_that_is_not_a_signature_is_a_panic_where_it_is_made() {
        fn text() -> String {
            "question".to_owned()
        }
        module!(
            #[with(signature = text())]
            type Wrong = LLMNode<Turn>;
        );
        let _ = Wrong::new(model());
    }
}
