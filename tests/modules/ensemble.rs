//! `Ensemble`.

use dashoptimize::artifact::Persist;
use dashoptimize::call::CallError;
use dashoptimize::engine::Run;
use dashoptimize::evaluate::Outcome;
use dashoptimize::lm::{Budget, ChatRequest};
use dashoptimize::module::{ChainOfThought, Ensemble, Reasoned, majority_vote, majority_vote_by};

use dashoptimize::optimizer::{BootstrapFewShot, LabeledFewShot};

use super::*;
use crate::support::quiz::{self, Learner, Quiz, node, rows, splits};

fn three(lm: &Scripted) -> Ensemble<Predict<Qa>> {
    let by = |output: &QaOutput| output.answer.clone();
    Ensemble::new((0..3).map(|_| qa(lm)), majority_vote_by(by))
}

fn joined(outputs: Vec<QaOutput>) -> QaOutput {
    let answers: Vec<String> = outputs.into_iter().map(|output| output.answer).collect();
    QaOutput {
        answer: answers.join(" "),
    }
}

#[tokio::test]
async fn the_majority_of_the_members_decides_and_the_trace_is_theirs() {
    let lm = by_sample(&["Lyon", "Paris", "paris."]);
    let watched = watched(&three(&lm), input("?")).await;
    assert_eq!(watched.outcome.unwrap().answer, "Paris");
    assert_eq!(
        paths(&watched.trace),
        ["1", "2"],
        "who was outvoted teaches nothing"
    );
    assert_eq!(answers(&watched.trace), ["Paris", "paris."]);
    let member = |index| {
        (
            CallPart::new(PartKind::Member, index, 3),
            PartOutcome::Answered,
        )
    };
    assert_eq!(ended(&watched.told), [0, 1, 2].map(member));
}

/// `QaOutput` can be compared where its user says so.
#[derive(Clone, Debug, PartialEq)]
struct Whole(String);

#[derive(Clone)]
struct AsWhole(Predict<Qa>);

impl Module for AsWhole {
    type Input = QaInput;
    type Output = Whole;

    async fn forward(&self, context: &Context<'_>, input: QaInput) -> Result<Whole, CallError> {
        Ok(Whole(self.0.forward(context, input).await?.answer))
    }

    fn predictors(&self) -> Vec<&dashoptimize::module::Predictor> {
        self.0.predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut dashoptimize::module::Predictor> {
        self.0.predictors_mut()
    }
}

#[tokio::test]
async fn outputs_can_be_compared_whole() {
    let lm = by_sample(&["Paris", "paris", "paris"]);
    let members = || (0..3).map(|_| AsWhole(qa(&lm)));
    let whole = Ensemble::new(members(), majority_vote())
        .call(input("?"))
        .await;
    assert_eq!(whole.unwrap(), Whole("paris".to_owned()));
    assert_eq!(
        Ensemble::new(members(), majority_vote()).predictors()[2].path(),
        "2.predict",
        "a module of one's own keeps the names of its predictors"
    );
}

#[tokio::test]
async fn a_function_of_the_user_makes_one_output_of_all() {
    let lm = by_sample(&["one", "!", "three"]);
    let watched = watched(&Ensemble::of(qa(&lm), 3, joined), input("?")).await;
    assert_eq!(watched.outcome.unwrap().answer, "one three");
    assert_eq!(
        paths(&watched.trace),
        ["0", "2"],
        "all who answered speak for it"
    );
}

#[tokio::test]
async fn as_many_members_as_the_size_says_are_asked() {
    for size in 1..=5 {
        let lm = by_sample(&["a", "b", "c", "d", "e", "f"]);
        let program = Ensemble::of(qa(&lm), size, joined);
        let said = program.call(input("?")).await.unwrap().answer;
        let all = ["a", "b", "c", "d", "e"];
        assert_eq!(said, all[..size].join(" "));
        assert_eq!((lm.calls(), program.members().len()), (size as u64, size));
    }
}

#[tokio::test]
async fn members_that_fail_are_left_out_until_all_fail() {
    let lm = by_sample(&["!", "x", "!"]);
    let watched = watched(&three(&lm), input("?")).await;
    assert_eq!(watched.outcome.unwrap().answer, "x");
    let told = ended(&watched.told);
    assert_eq!(told.len(), 3);
    for (member, outcome) in told {
        let failed = has_failed_with(&outcome, "predictor `");
        assert_eq!(failed, member.index != 1, "{outcome:?}");
    }
    let lm = by_sample(&["!", "!", "!"]);
    let Err(CallError::Parse { predictor, .. }) = three(&lm).call(input("?")).await else {
        panic!("no member answers");
    };
    assert_eq!(predictor, "0", "the first failure is the error");
    let error = three(&locked_out()).call(input("?")).await.unwrap_err();
    assert!(error.ends_the_run());
}

#[tokio::test(start_paused = true)]
async fn members_answer_concurrently_and_end_with_the_call() {
    let lm = slow("x");
    three(&lm).call(input("?")).await.unwrap();
    assert_eq!(lm.max_concurrent_calls(), 3);
    let lm = slow("x");
    assert_eq!(dropped(&three(&lm), input("?"), &lm).await, (3, 3));
}

#[tokio::test]
async fn equal_members_are_never_one_reply() {
    let lm = by_sample(&["x"; 3]);
    evaluated(&three(&lm), 1, Run::in_memory()).await;
    assert_eq!(samples(&lm), [0, 1, 2]);
}

#[tokio::test]
async fn where_the_budget_ends_the_rollout_is_refused() {
    let lm = by_sample(&["x"; 3]);
    let run = Run::in_memory().budget(Budget::calls(2));
    let (evaluation, outcomes) = evaluated(&three(&lm), 1, run).await;
    assert!(
        matches!(outcomes[0], Outcome::Refused { .. }),
        "{outcomes:?}"
    );
    assert_eq!((lm.calls(), evaluation.spend.calls), (2, 2));
}

/// Members that different optimizers made vote, each with its own demos.
#[tokio::test]
async fn variants_of_different_optimizers_vote() {
    let data = splits(20, 20, 0);
    let given = node(Learner::default());
    let run = || Run::in_memory();
    let labeled = LabeledFewShot::new(quiz::is_right).max_demos(3);
    let labeled = labeled.optimize(&given, &data, &run()).await.unwrap();
    let bootstrapped = BootstrapFewShot::new(quiz::is_right)
        .max_bootstrapped_demos(2)
        .max_labeled_demos(0)
        .max_iterations(1);
    let bootstrapped = bootstrapped.optimize(&given, &data, &run()).await.unwrap();
    let variants = [given, labeled.program, bootstrapped.program];
    let by = |said: &Quiz| said.answer.clone();
    let program = Ensemble::new(variants.clone(), majority_vote_by(by));
    let demos = |program: &dashoptimize::module::Predictor| program.state().demos.len();
    let shown: Vec<usize> = program.predictors().into_iter().map(demos).collect();
    assert_eq!(shown, [0, 3, 2]);
    let gateway = Gateway::direct();
    let mut outvoted = 0;
    for row in rows(100..120) {
        let mut right = 0;
        for (sample, variant) in (0..).zip(&variants) {
            // The sample that the member draws in the ensemble.
            let context = Context::new(&gateway).with_sample(sample);
            let said = variant.forward(&context, row.clone()).await.unwrap();
            right += u32::from(said.answer == row.answer);
        }
        let said = program.call(row.clone()).await.unwrap();
        assert_eq!(said.answer == row.answer, right >= 2, "{}", row.question);
        outvoted += u32::from(right == 1 || right == 2);
    }
    assert!(outvoted > 0, "on some questions the members differ");
}

#[tokio::test]
async fn each_member_has_prompts_of_its_own_that_are_saved_and_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("three.json");
    let lm = Scripted::new(|request: &ChatRequest| {
        let system = request.prefix.messages()[0].text();
        let language = ["French", "English"]
            .into_iter()
            .find(|name| system.contains(name));
        reply(language.unwrap_or("none"))
    });
    let mut state = three(&lm).state();
    assert_eq!(state.predictors.keys().collect::<Vec<_>>(), ["0", "1", "2"]);
    for (path, language) in [("0", "English"), ("2", "French")] {
        let predictor = state.predictors.get_mut(path).unwrap();
        predictor.instructions = Some(format!("Answer in {language}."));
    }
    three(&lm).with_state(&state).unwrap().save(&path).unwrap();
    let loaded = three(&lm).load(&path).unwrap();
    assert_eq!(loaded.state(), state);
    assert_eq!(
        loaded.call(input("?")).await.unwrap().answer,
        "English",
        "three say three things"
    );

    let mut thinkers = Ensemble::of(
        ChainOfThought::<Qa>::new(lm),
        2,
        |mut outputs: Vec<Reasoned<QaOutput>>| outputs.remove(0),
    );
    thinkers = thinkers.under("answer");
    let paths = thinkers.predictors();
    assert_eq!(
        paths.iter().map(|p| p.path()).collect::<Vec<_>>(),
        ["answer.0", "answer.1"]
    );
    assert_eq!(thinkers.members().len(), 2);
}
