//! `KNNFewShot` as a stage: what later stages make of its pool.

use dashoptimize::engine::{Candidate, Run, Stop, Study};
use dashoptimize::evaluate::{Dataset, Example, Splits};
use dashoptimize::lm::{ChatRequest, Role, Scripted};
use dashoptimize::module::{KNN, Module, ModuleExt, OverSignature, Predict};
use dashoptimize::optimizer::{
    KNNFewShot, LabeledFewShot, Optimized, Optimizer, RandomSearch, Search, Stage,
};
use dashoptimize::pipeline;
use dashoptimize::state::Nearest;
use serde_json::{Value, json};

use super::{Kind, KindInput, KindOutput, input, row, shown, silent};

/// Answers the better the more demos it is shown, one row in ten more with each of them, and best
/// where it is asked politely.
fn model() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let messages: Vec<_> = request.messages().collect();
        let demos = messages
            .iter()
            .filter(|m| m.role == Role::Assistant)
            .count();
        let bonus = 3 * usize::from(messages[0].text().contains("Please"));
        let number = messages[messages.len() - 1].text().rsplit(' ').next();
        let number: usize = number
            .and_then(|word| word.parse().ok())
            .expect("a thing has a number");
        let kind = if number % 10 < demos + bonus {
            "known"
        } else {
            "no idea"
        };
        format!("[[ ## kind ## ]]\n{kind}")
    })
}

fn splits() -> Splits<Kind> {
    let part = |from, to| {
        let rows = (from..to).map(|i| row(&format!("thing {i}"), "known"));
        Dataset::from_vec(rows.collect())
    };
    let splits = Splits::builder().train(part(0, 20)).val(part(20, 40));
    splits.build().unwrap()
}

fn is_right(gold: &Kind, found: &KindOutput) -> bool {
    gold.kind == found.kind
}

async fn tune<M: Module<Input = KindInput, Output = KindOutput>>(
    stages: impl Optimizer<M, Kind>,
    program: &M,
) -> Optimized<M> {
    let tuned = stages.optimize(program, &splits(), &Run::in_memory()).await;
    let tuned = tuned.unwrap();
    for stage in &tuned.report.stages {
        assert!(
            stage.improvement() > Some(0.0),
            "each stage is built upon: {stage:?}"
        );
    }
    tuned
}

#[tokio::test]
async fn a_later_stage_shows_all_demos_that_it_chose() {
    let program = Predict::<Kind>::new(model());
    let pool = pipeline!(KNNFewShot { k: 2 } >> LabeledFewShot { max_demos: 5 });
    let tuned = tune(pool.metric(is_right), &program).await;
    let predictor = &tuned.tuned.predictors["predict"];
    assert_eq!(predictor.nearest, None);
    assert_eq!(predictor.demos.len(), 5);
    assert_eq!(shown(&tuned.program.render(&input("thing 7"))).len(), 5);

    // Bootstrapped ones as well.
    let pool = pipeline!(
        KNNFewShot { k: 2 }
            >> RandomSearch {
                seeds: [-1],
                max_bootstrapped_demos: 1,
                max_labeled_demos: 6
            }
    );
    let tuned = tune(pool.metric(is_right), &program).await;
    let predictor = &tuned.tuned.predictors["predict"];
    assert_eq!((&predictor.nearest, predictor.demos.len()), (&None, 6));
}

#[tokio::test]
async fn a_module_that_chooses_demos_itself_keeps_choosing() {
    let program = KNN::<Kind>::new(model()).k(4);
    let pool = pipeline!(KNNFewShot { k: 2 } >> LabeledFewShot { max_demos: 9 });
    let tuned = tune(pool.metric(is_right), &program).await;
    let predictor = &tuned.tuned.predictors["knn"];
    assert_eq!(predictor.nearest, Some(Nearest::lexical(4)));
    assert_eq!(predictor.demos.len(), 9);
    assert_eq!(shown(&tuned.program.render(&input("thing 7"))).len(), 4);
}

/// Changes the instructions and nothing else.
struct AskPolitely;

impl Stage for AskPolitely {
    type Own = Self;

    fn stage() -> Self {
        Self
    }
}

impl<M: Module, E: Example<M::Input>> Search<M, E> for AskPolitely {
    fn name(&self) -> &'static str {
        "AskPolitely"
    }

    fn settings(&self) -> Value {
        json!({})
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        let mut state = study.student().state();
        for predictor in state.predictors.values_mut() {
            predictor.instructions = Some("Please name the kind.".to_owned());
        }
        study.candidate("asked politely", &state)
    }
}

#[tokio::test]
async fn a_stage_that_changes_only_instructions_keeps_the_choice() {
    let program = Predict::<Kind>::new(model());
    let stages = pipeline!(KNNFewShot { k: 2 } >> AskPolitely);
    let tuned = tune(stages.metric(is_right), &program).await;
    let predictor = &tuned.tuned.predictors["predict"];
    assert_eq!(predictor.nearest, Some(Nearest::lexical(2)));
    assert_eq!(
        predictor.demos.len(),
        20,
        "the whole training part is the pool"
    );
    assert_eq!(shown(&tuned.program.render(&input("thing 7"))).len(), 2);
}

#[test]
fn demos_in_source_are_all_shown_or_chosen_by_the_module_itself() {
    let state = |path| super::state(path, vec![super::demo("a", "x")], Some(Nearest::lexical(1)));
    let things = ["b", "c", "d"].map(|thing| row(thing, "x"));
    let predict = Predict::<Kind>::new(silent())
        .with_state(&state("predict"))
        .unwrap();
    let messages = predict.demos(things.clone()).render(&input("d"));
    assert_eq!(shown(&messages), ["b", "c", "d"]);
    let knn = KNN::<Kind>::new(silent())
        .k(2)
        .with_state(&state("knn"))
        .unwrap();
    let messages = knn.demos(things).render(&input("d"));
    assert_eq!(shown(&messages), ["b", "d"]);
}
