//! What is tried, and what wins.

use dashoptimize::engine::Run;
use dashoptimize::lm::Purpose;
use dashoptimize::module::ModuleExt;
use dashoptimize::optimizer::MIPROv2Mode;
use dashoptimize::state::{PredictorState, State};

use super::{Trials, instructions, mipro, optimize, tuned, zero_shot};
use crate::support::coach::{Coach, GOOD};
use crate::support::quiz::{node, row, rows, splits};

#[tokio::test]
async fn the_best_instruction_and_demos_are_found_together() {
    let auto = mipro().mode(MIPROv2Mode::Auto {
        num_instruction_candidates: 5,
        max_bootstrapped_demos: 4,
        max_labeled_demos: 4,
    });
    let tuned = tuned(&auto, &Coach::default()).await;
    assert!(instructions(&tuned).unwrap().contains(GOOD), "{tuned}");
    assert_eq!(tuned.tuned.predictors["quiz"].demos.len(), 4, "{tuned}");
    assert!(tuned.final_score() > Some(0.85), "{tuned}");
}

#[tokio::test]
async fn without_demos_only_instructions_are_searched() {
    let tuned = tuned(&zero_shot(), &Coach::default()).await;
    assert!(instructions(&tuned).unwrap().contains(GOOD), "{tuned}");
    let is_zero_shot = |state: &State| state.predictors["quiz"].demos.is_empty();
    assert!(is_zero_shot(&tuned.tuned));
    // Six instructions, the given one among them, and all of them are evaluated once.
    assert_eq!(tuned.report.tried.len(), 6);
}

/// D + 3 · P · (I − 1), with D = 2 + min(9, ⌈T/10⌉ − 1).
#[tokio::test]
async fn calls_are_those_of_the_formula() {
    for (train, demos, program_aware, data_aware, calls) in [
        (30, 4, true, true, 4 + 6),
        (30, 4, false, true, 4 + 2),
        (30, 4, true, false, 6),
        (3, 4, false, true, 2 + 2),
        (130, 4, false, true, 11 + 2),
        (30, 0, true, true, 4 + 15),
    ] {
        let optimizer = mipro()
            .max_bootstrapped_demos(demos)
            .max_labeled_demos(demos)
            .program_aware_proposer(program_aware)
            .data_aware_proposer(data_aware);
        let lm = Coach::default();
        let run = Run::in_memory();
        let tuned = optimize(&optimizer, &lm, &splits(train, 20, 0), &run)
            .await
            .unwrap();
        let ledger = &tuned.report.ledger;
        assert_eq!(ledger.for_purpose(Purpose::Propose).calls, calls);
        assert_eq!(ledger.total().calls, lm.calls());
        // The program as given, at most 10 trials, and at most all training rows.
        let most = (20 + 10 * 20 + train) as u64;
        assert!(ledger.for_purpose(Purpose::Task).calls <= most);
    }
}

#[tokio::test]
async fn minibatches_and_full_evaluations_alternate() {
    let trials = Trials::default();
    let optimizer = mipro()
        .num_trials(7)
        .minibatch_size(35)
        .minibatch_full_eval_steps(5);
    let run = Run::in_memory().observer(trials.clone());
    let data = splits(30, 60, 0);
    optimize(&optimizer, &Coach::default(), &data, &run)
        .await
        .unwrap();
    let sizes = trials.0.lock().unwrap().clone();
    assert_eq!(sizes, [60, 35, 35, 35, 35, 35, 60, 35, 35, 60]);
}

#[tokio::test]
async fn minibatches_are_for_large_validation_parts_unless_they_are_asked_for() {
    for (val, setting, size, expected) in [
        (50, None, 35, 50),
        (51, None, 35, 35),
        (51, Some(false), 35, 51),
        (20, Some(true), 10, 10),
        (20, Some(true), 20, 20),
        (20, Some(true), 35, 20),
    ] {
        let trials = Trials::default();
        let mut optimizer = mipro().num_trials(1).minibatch_size(size);
        if let Some(is_on) = setting {
            optimizer = optimizer.minibatch(is_on);
        }
        let run = Run::in_memory().observer(trials.clone());
        optimize(&optimizer, &Coach::default(), &splits(9, val, 0), &run)
            .await
            .unwrap();
        let sizes = trials.0.lock().unwrap().clone();
        // The evaluation of a trial is told before the trial itself.
        let trial = if expected == val { sizes[2] } else { sizes[1] };
        assert_eq!(trial, expected, "{val} rows, {setting:?}: {sizes:?}");
    }
}

#[tokio::test]
async fn manual_candidates_need_no_proposer() {
    let mode = MIPROv2Mode::manual(
        ["Guess.".to_owned(), format!("Please {GOOD}.")],
        &rows(0..30),
    );
    let lm = Coach::default();
    let tuned = tuned(&mipro().mode(mode), &lm).await;
    assert!(instructions(&tuned).unwrap().contains(GOOD));
    let demos = &tuned.tuned.predictors["quiz"].demos;
    assert!((1..=4).contains(&demos.len()), "{tuned}");
    let ledger = &tuned.report.ledger;
    assert_eq!(ledger.for_purpose(Purpose::Task), ledger.total());
    assert!(lm.asked_for("proposed_instruction").is_empty());
}

#[tokio::test]
async fn manual_candidates_may_be_instructions_alone() {
    let mode = MIPROv2Mode::Manual {
        instruction_candidates: vec![format!("Please {GOOD}.")],
        demo_candidates: Vec::new(),
    };
    let tuned = tuned(&mipro().mode(mode), &Coach::default()).await;
    assert!(instructions(&tuned).unwrap().contains(GOOD));
    // Both are evaluated, and then there is nothing left to try.
    assert_eq!(tuned.report.tried.len(), 2);
}

#[tokio::test]
async fn a_row_of_the_validation_part_is_no_demo() {
    let mode = MIPROv2Mode::manual(["Guess."], &[row(0), row(35)]);
    let run = Run::in_memory();
    let lm = Coach::default();
    let ended = optimize(&mipro().mode(mode), &lm, &splits(30, 40, 0), &run).await;
    let error = ended.unwrap_err().to_string();
    assert!(error.contains("a row of the validation part"), "{error}");
}

#[tokio::test]
async fn a_program_that_was_tuned_before_is_the_first_candidate() {
    let before = PredictorState::default()
        .with_instructions(format!("Please {GOOD}, as before."))
        .with_demos(
            tuned(&mipro(), &Coach::default()).await.tuned.predictors["quiz"]
                .demos
                .clone(),
        );
    let state = State::from_iter([("quiz", before)]);
    let student = node(Coach::default()).with_state(&state).unwrap();
    let run = Run::in_memory().seed(3);
    let data = splits(30, 40, 0);
    let again = mipro().optimize(&student, &data, &run).await.unwrap();
    assert_eq!(again.original, state);
    assert!(again.final_score() >= again.initial_score());
    let origins = again.report.tried.iter().map(|tried| &*tried.origin);
    let combined = origins.filter(|origin| origin.contains("demo set"));
    assert!(combined.count() > 2, "{again}");
    assert_eq!(student.state(), state, "the student is never changed");
}

#[tokio::test]
async fn seed_0_is_a_seed() {
    let tried = |seed| async move {
        let run = Run::in_memory().seed(seed);
        let data = splits(30, 20, 0);
        let tuned = optimize(&mipro(), &Coach::default(), &data, &run)
            .await
            .unwrap();
        let tried = tuned.report.tried.into_iter();
        tried.map(|tried| tried.origin).collect::<Vec<_>>()
    };
    assert_eq!(tried(0).await, tried(0).await);
    assert_ne!(tried(0).await, tried(9).await);
}

#[tokio::test]
async fn the_log_says_why_a_combination_was_evaluated() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::folder(folder.path()).seed(1);
    let data = splits(30, 60, 0);
    optimize(&mipro(), &Coach::default(), &data, &run)
        .await
        .unwrap();
    let log = std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let chosen = log
        .lines()
        .filter(|line| line.contains("best mean of minibatches"));
    assert_eq!(chosen.count(), 2, "two groups of five trials: {log}");
}
