//! Optimizers one after the other: one run, one metric, the best of all.

use std::fs;
use std::path::Path;
use std::time::Duration;

use dashoptimize::engine::{Candidate, Ended, Run, StageReport, Stop, Study};
use dashoptimize::evaluate::{Example, Metric, ScoreRange};
use dashoptimize::lm::{Budget, ChatRequest, Scripted};
use dashoptimize::module::{LLMNode, Module, ModuleExt};
use dashoptimize::optimizer::{
    BetterTogether, BootstrapFewShot, LabeledFewShot, OptimizeError, Optimized, Optimizer,
    RandomSearch, SamplingStrategy, Search, Stage,
};
use dashoptimize::pipeline;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::chain::{self, Chain};
use crate::support::journal::{interrupted_between_calls, report};
use crate::support::quiz::{Learner, Quiz, is_right, node, splits};

type Node = LLMNode<Quiz>;

/// Few labelled demos, then a search over more of them.
fn tune() -> impl Optimizer<Node, Quiz> {
    pipeline!(
        LabeledFewShot {
            max_demos: 2,
            strategy: SamplingStrategy::Sequential
        } >> RandomSearch {
            seeds: -3..3,
            max_bootstrapped_demos: 3,
            max_labeled_demos: 5
        }
    )
    .metric(is_right)
}

async fn optimize(
    optimizer: &impl Optimizer<Node, Quiz>,
    lm: Learner,
    run: Run,
) -> Result<Optimized<Node>, OptimizeError> {
    optimizer
        .optimize(&node(lm), &splits(30, 40, 60), &run)
        .await
}

fn artifact(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("artifact.json")).expect("the run wrote its artifact")
}

fn scores(stage: &StageReport) -> (f64, f64) {
    let score = |measured: &Option<dashoptimize::evaluate::Measured>| {
        measured
            .as_ref()
            .and_then(|m| m.score())
            .expect("it was measured")
    };
    (score(&stage.initial), score(&stage.r#final))
}

#[tokio::test]
async fn each_stage_starts_from_the_best_so_far_and_says_what_it_gained() {
    let lm = Learner::default();
    let student = node(lm.clone());
    let before = student.state();
    let run = Run::in_memory();
    let tuned = tune()
        .optimize(&student, &splits(30, 40, 60), &run)
        .await
        .unwrap();

    assert_eq!(student.state(), before, "the student is never changed");
    let [first, second] = &tuned.report.stages[..] else {
        panic!("two stages: {:?}", tuned.report.stages);
    };
    assert_eq!(
        (&*first.name, &*first.optimizer),
        ("stage 1", "LabeledFewShot")
    );
    assert_eq!(
        (&*second.name, &*second.optimizer),
        ("stage 2", "RandomSearch")
    );
    let (given, two_demos) = scores(first);
    let (start, best) = scores(second);
    assert_eq!(Some(given), tuned.initial_score());
    assert_eq!(start, two_demos, "a stage starts from the best so far");
    assert_eq!(Some(best), tuned.final_score());
    assert!(
        given < two_demos && two_demos < best,
        "more demos are better here"
    );
    assert_eq!(second.improvement(), Some(best - two_demos));
    // The program as given, one candidate of the first stage, six seeds, of which some are stopped by a race. The
    // teacher is not evaluated.
    let stopped = tuned.report.stopped.len();
    assert_eq!(tuned.report.tried.len() + stopped, 8);
    assert!(
        tuned.report.tried[1]
            .origin
            .starts_with("stage 1, labelled demos")
    );
    assert!(tuned.report.tried[2].origin.starts_with("stage 2, seed -3"));
    let report = tuned.report.to_string();
    assert!(report.contains("\nstage 2, RandomSearch: "), "{report}");
    assert!(
        tuned.to_string().contains("stage 1, LabeledFewShot: "),
        "{tuned}"
    );
    assert_eq!(
        tuned.report.ledger.total().calls,
        lm.calls(),
        "one ledger for all stages"
    );
}

#[tokio::test]
async fn settings_of_all_stages_are_in_manifest_and_artifact() {
    let folder = tempdir().unwrap();
    let tuned = optimize(&tune(), Learner::default(), Run::folder(folder.path()))
        .await
        .unwrap();
    let provenance = tuned.artifact.provenance().unwrap();
    assert_eq!(provenance.optimizer, "BetterTogether");
    let expected = json!({
        "stages": [
            {
                "optimizer": "LabeledFewShot",
                "settings": { "max_demos": 2, "strategy": "sequential" },
            },
            {
                "optimizer": "RandomSearch",
                "settings": {
                    "seeds": [-3, -2, -1, 0, 1, 2],
                    "target_score": null,
                    "max_bootstrapped_demos": 3,
                    "max_labeled_demos": 5,
                    "max_rounds": 1,
                    "metric_threshold": 1.0,
                },
            },
        ],
    });
    assert_eq!(provenance.settings, expected);
    let manifest = fs::read_to_string(folder.path().join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["settings"], expected);

    let other = pipeline!(LabeledFewShot { max_demos: 3 }).metric(is_right);
    let run = Run::folder(folder.path());
    let error = optimize(&other, Learner::default(), run).await.unwrap_err();
    let words = "the setting `stages` of the optimizer differs";
    assert!(error.to_string().contains(words), "{error}");
}

#[tokio::test]
async fn the_macro_writes_what_a_person_would() {
    let by_hand = BetterTogether::new(is_right)
        .then(
            LabeledFewShot::stage()
                .max_demos(2)
                .strategy(SamplingStrategy::Sequential),
        )
        .then(
            RandomSearch::stage()
                .seeds(-3..3)
                .max_bootstrapped_demos(3)
                .max_labeled_demos(5),
        );
    let run = || Run::in_memory().seed(3);
    let one = optimize(&by_hand, Learner::default(), run()).await.unwrap();
    let other = optimize(&tune(), Learner::default(), run()).await.unwrap();
    assert_eq!(one.artifact, other.artifact);
}

#[tokio::test]
async fn a_pipeline_of_one_stage_finds_what_its_optimizer_finds_alone() {
    let alone = LabeledFewShot::new(is_right)
        .max_demos(3)
        .strategy(SamplingStrategy::Sequential);
    let staged = pipeline!(LabeledFewShot {
        max_demos: 3,
        strategy: SamplingStrategy::Sequential,
    })
    .metric(is_right);
    let one = optimize(&alone, Learner::default(), Run::in_memory())
        .await
        .unwrap();
    let other = optimize(&staged, Learner::default(), Run::in_memory())
        .await
        .unwrap();
    assert_eq!(one.tuned, other.tuned);
    assert_eq!(one.final_score(), other.final_score());
}

#[tokio::test]
async fn equal_stages_draw_other_samples() {
    let twice = pipeline!(LabeledFewShot { max_demos: 3 } >> LabeledFewShot { max_demos: 3 });
    let tuned = optimize(
        &twice.metric(is_right),
        Learner::default(),
        Run::in_memory(),
    )
    .await
    .unwrap();
    let tried = &tuned.report.tried;
    assert_eq!(tried.len(), 3);
    // Both have the same score, so the earlier one is the result.
    assert_eq!(tried[1].measured.score(), tried[2].measured.score());
    assert_eq!(tuned.report.chosen, "stage 1, labelled demos, up to 3");
    let journal = tuned.report.ledger.total();
    // 100 rows as given, 40 of each stage, 60 of the result: no two of them are the same request.
    assert_eq!(journal.calls, 40 + 40 + 40 + 60 + 60);
}

/// A model that is confused by many demos: with more than two it knows nothing.
fn confused() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let demos = request.prefix.messages().len().saturating_sub(1) / 2;
        match demos {
            1 | 2 => "[[ ## answer ## ]]\nright",
            _ => "[[ ## answer ## ]]\nwrong",
        }
    })
}

#[tokio::test]
async fn no_stage_builds_upon_one_that_made_the_program_worse() {
    let knows = |_: &Quiz, said: &Quiz| said.answer == "right";
    let stages = pipeline!(
        LabeledFewShot { max_demos: 2 }
            >> LabeledFewShot { max_demos: 8 }
            >> RandomSearch { seeds: [-3] }
    );
    let tuned = stages
        .metric(knows)
        .optimize(&node(confused()), &splits(10, 12, 0), &Run::in_memory())
        .await
        .unwrap();
    let gained: Vec<(f64, f64)> = tuned.report.stages.iter().map(scores).collect();
    assert_eq!(gained, [(0.0, 1.0), (1.0, 1.0), (1.0, 1.0)]);
    assert_eq!(tuned.tuned.predictors["quiz"].demos.len(), 2);
    assert_eq!(tuned.report.chosen, "stage 1, labelled demos, up to 2");
}

#[tokio::test]
async fn a_pipeline_is_a_stage_of_another() {
    let inner = || pipeline!(LabeledFewShot { max_demos: 1 } >> LabeledFewShot { max_demos: 2 });
    let outer = BetterTogether::new(is_right)
        .then(inner())
        .then(LabeledFewShot::stage().max_demos(4));
    let tuned = optimize(&outer, Learner::default(), Run::in_memory())
        .await
        .unwrap();
    let names: Vec<&str> = tuned
        .report
        .stages
        .iter()
        .map(|stage| &*stage.name)
        .collect();
    assert_eq!(names, ["stage 1", "stage 1.1", "stage 1.2", "stage 2"]);
    let gained: Vec<(f64, f64)> = tuned.report.stages.iter().map(scores).collect();
    assert_eq!(
        gained[0].0, gained[1].0,
        "the outer stage starts with its first"
    );
    assert_eq!(gained[0].1, gained[2].1, "and ends with its last");
    assert_eq!(gained[0].1, gained[3].0);
    let settings = &tuned.artifact.provenance().unwrap().settings;
    assert_eq!(settings["stages"][0]["optimizer"], "BetterTogether");
    assert_eq!(
        settings["stages"][0]["settings"]["stages"][1]["settings"]["max_demos"],
        2
    );
}

#[tokio::test]
async fn without_stages_the_result_is_the_program_as_given() {
    let tuned = optimize(
        &BetterTogether::new(is_right),
        Learner::default(),
        Run::in_memory(),
    )
    .await
    .unwrap();
    assert_eq!(tuned.tuned, tuned.original);
    assert!(tuned.report.stages.is_empty());
}

/// An optimizer as a user writes it: the least that is needed for a stage.
#[derive(Debug)]
struct Shout {
    loud: bool,
}

impl Shout {
    fn loud(mut self) -> Self {
        self.loud = true;
        self
    }
}

impl Stage for Shout {
    type Own = Self;

    fn stage() -> Self {
        Self { loud: false }
    }
}

impl<M: Module, E: Example<M::Input>> Search<M, E> for Shout {
    fn name(&self) -> &'static str {
        "Shout"
    }

    fn settings(&self) -> Value {
        json!({ "loud": self.loud })
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        let mut state = study.student().state();
        for predictor in state.predictors.values_mut() {
            let words = predictor.instructions.get_or_insert_default();
            words.push_str(if self.loud { "ANSWER!" } else { "answer." });
        }
        study.candidate("told to answer", &state)
    }
}

#[tokio::test]
async fn an_optimizer_of_a_user_joins_by_its_trait() {
    let hears = |_: &Quiz, said: &Quiz| said.answer.len() as f64;
    let hears = hears.with_range(ScoreRange::new(0.0, 9.0).expect("a range"));
    let lm = Scripted::new(|request: &ChatRequest| {
        let shouted = request.prefix.messages()[0]
            .text()
            .matches("ANSWER!")
            .count();
        format!("[[ ## answer ## ]]\n{}", "x".repeat(shouted))
    });
    let stages = pipeline!(Shout { loud } >> Shout >> self::Shout { loud });
    let tuned = stages
        .metric(hears)
        .optimize(&node(lm), &splits(3, 5, 0), &Run::in_memory())
        .await
        .unwrap();
    // The second stage gains nothing, so the third starts from the result of the first.
    let gained: Vec<(f64, f64)> = tuned.report.stages.iter().map(scores).collect();
    assert_eq!(gained, [(0.0, 1.0), (1.0, 1.0), (1.0, 2.0)]);
    let instructions = tuned.tuned.predictors["quiz"].instructions.as_deref();
    assert_eq!(instructions, Some("ANSWER!ANSWER!"));
}

/// The demos that the first stage makes for an inner predictor have no input that a row has, so only
/// their source shows that in the second stage a row would be shown its own answer.
#[tokio::test]
async fn i1_a_later_stage_shows_no_example_its_own_answer() {
    // Row 3 is answered only with a demo, so the second stage builds upon the first.
    let lm = Scripted::new(|request: &ChatRequest| {
        let query = request.turns[0].text();
        match request.prefix.messages().len() {
            1 if query.contains("number 3?") => "[[ ## hint ## ]]\nhint 99".to_owned(),
            _ => chain::reply(query),
        }
    });
    let lm = lm.keeping_requests();
    let stages = pipeline!(
        BootstrapFewShot {
            max_bootstrapped_demos: 3,
            max_labeled_demos: 0,
            max_iterations: 1
        } >> BootstrapFewShot {
            max_bootstrapped_demos: 3,
            max_labeled_demos: 0,
            max_iterations: 1
        }
    );
    let tuned = stages
        .metric(is_right)
        .optimize(&Chain::new(lm.clone()), &splits(3, 3, 0), &Run::in_memory())
        .await
        .unwrap();
    let (given, bootstrapped) = scores(&tuned.report.stages[0]);
    assert!(given < bootstrapped && scores(&tuned.report.stages[1]).0 == bootstrapped);
    let mut with_demos_of_others = 0;
    for request in lm.requests() {
        let query = request.turns[0].text();
        let shown = &request.prefix.messages()[1..];
        assert!(
            shown.iter().all(|message| message.text() != query),
            "shown its own answer: {query}"
        );
        let is_train = ["hint 0", "hint 1", "hint 2"]
            .iter()
            .any(|hint| query.contains(hint));
        with_demos_of_others += u32::from(is_train && !shown.is_empty());
    }
    assert_eq!(
        with_demos_of_others, 3,
        "the second stage asked all three rows again"
    );
}

#[tokio::test]
async fn i3_a_budget_that_ends_in_the_second_stage_keeps_the_best_so_far() {
    // 40 as given, 40 for the first stage, 120 reserved for the hold-out, 75 for the second.
    let lm = Learner::default();
    let run = Run::in_memory().budget(Budget::calls(275)).concurrency(8);
    let tuned = optimize(&tune(), lm.clone(), run).await.unwrap();
    assert!(matches!(tuned.report.ended, Ended::Budget(_)));
    assert!(lm.calls() <= 275);
    let [first, second] = &tuned.report.stages[..] else {
        panic!("the second stage was started: {:?}", tuned.report.stages);
    };
    assert!(scores(first).1 > scores(first).0);
    assert!(scores(second).1 >= scores(second).0);
    assert_eq!(tuned.final_score(), Some(scores(second).1));
    assert!(
        tuned.verdict.is_some(),
        "the budget for the hold-out was reserved"
    );
}

#[tokio::test]
async fn i4_concurrency_1_and_16_give_the_same_artifact() {
    let folder = tempdir().unwrap();
    for budget in [Budget::unlimited(), Budget::calls(290)] {
        let mut artifacts = Vec::new();
        for concurrency in [1, 16] {
            let path = folder
                .path()
                .join(format!("{budget:?} {concurrency}").replace('/', ""));
            let run = Run::folder(&path)
                .seed(3)
                .budget(budget)
                .concurrency(concurrency);
            optimize(&tune(), Learner::default(), run).await.unwrap();
            artifacts.push(artifact(&path));
        }
        assert_eq!(artifacts[0], artifacts[1]);
    }
}

/// A run that is cut off after some calls and resumed has the same result as an undisturbed run, in
/// whichever stage it was cut off.
#[tokio::test(start_paused = true)]
async fn i5_a_pipeline_that_was_cut_off_is_resumed_byte_equal() {
    let folder = tempdir().unwrap();
    let data = splits(12, 20, 30);
    let optimizer = tune();
    let optimize = async |name: &str, lm: &Learner| {
        let run = Run::folder(folder.path().join(name)).concurrency(4).seed(5);
        optimizer.optimize(&node(lm.clone()), &data, &run).await
    };
    let lm = Learner::default();
    let whole = optimize("whole", &lm).await.unwrap();
    assert_eq!(
        whole.report.stages.len(),
        2,
        "both stages are cut off somewhere"
    );
    for call in (0..lm.calls()).step_by(11) {
        let name = format!("cut off at {call}");
        let dying = Learner::dying_at(call);
        let cut_off = optimize(&name, &dying);
        // The clock stands still until all tasks wait.
        let ended = tokio::time::timeout(Duration::from_secs(1), cut_off).await;
        assert!(ended.is_err(), "the model is silent from call {call} on");
        let rest = Learner::default();
        let tuned = optimize(&name, &rest).await.unwrap();
        let recorded = lm.calls() - rest.calls();
        assert!(recorded >= call, "no recorded call is paid twice");
        let written = artifact(&folder.path().join(&name));
        assert_eq!(written, artifact(&folder.path().join("whole")), "{name}");
        assert_eq!(
            report(&folder.path().join(&name)),
            report(&folder.path().join("whole")),
        );
        assert_eq!(tuned.report.stages.len(), 2);
    }
}

#[tokio::test]
async fn i5_a_pipeline_that_the_budget_ends_is_resumed_byte_equal() {
    let folder = tempdir().unwrap();
    let data = splits(12, 20, 30);
    let optimizer = tune();
    let optimize = async |name: &str, lm: &Learner| {
        let run = Run::folder(folder.path().join(name)).concurrency(1).seed(5);
        let run = run.budget(Budget::calls(150));
        optimizer.optimize(&node(lm.clone()), &data, &run).await
    };
    let lm = Learner::default();
    let whole = optimize("whole", &lm).await.unwrap();
    assert!(matches!(whole.report.ended, Ended::Budget(_)));
    for call in (0..lm.calls()).step_by(11) {
        let name = format!("interrupted after {call}");
        let [from, to] = ["whole", &name].map(|name| folder.path().join(name));
        interrupted_between_calls(&from, &to, call);
        let rest = Learner::default();
        optimize(&name, &rest).await.unwrap();
        assert_eq!(rest.calls(), lm.calls() - call, "{name}");
        assert_eq!(artifact(&to), artifact(&from), "{name}");
        assert_eq!(report(&to), report(&from), "{name}");
    }
}

#[test]
fn a_pipeline_with_its_metric_is_an_optimizer_like_any_other() {
    fn settings(optimizer: &impl Optimizer<Node, Quiz>) -> Value {
        let _: &dyn Metric<Quiz, Quiz> = optimizer.metric();
        optimizer.settings()
    }
    let by_hand = BetterTogether::new(is_right).then(LabeledFewShot::stage());
    assert_eq!(
        settings(&by_hand)["stages"][0]["optimizer"],
        "LabeledFewShot"
    );
}
