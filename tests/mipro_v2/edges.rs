//! The edges: no demos, one row, nothing to try, settings that cannot be searched with.

use dashoptimize::engine::Run;
use dashoptimize::optimizer::MIPROv2Mode;

use super::{mipro, optimize, zero_shot};
use crate::support::coach::Coach;
use crate::support::quiz::splits;

#[tokio::test]
async fn limits_of_0_and_parts_of_one_row_are_searched() {
    let run = Run::in_memory();
    for (bootstrapped, labelled) in [(0, 0), (0, 3), (3, 0), (1, 1)] {
        for (train, val) in [(1, 1), (1, 5), (5, 1)] {
            let optimizer = mipro()
                .max_bootstrapped_demos(bootstrapped)
                .max_labeled_demos(labelled);
            let data = splits(train, val, 0);
            let tuned = optimize(&optimizer, &Coach::default(), &data, &run)
                .await
                .unwrap();
            let demos = tuned.tuned.predictors["quiz"].demos.len();
            assert!(demos <= bootstrapped.max(labelled), "{demos} demos");
            assert!(tuned.final_score() >= tuned.initial_score());
        }
    }
}

#[tokio::test]
async fn nothing_to_try_ends_with_the_program_as_it_is() {
    let run = Run::in_memory();
    for candidates in [0, 1] {
        let alone = zero_shot().mode(MIPROv2Mode::Auto {
            num_instruction_candidates: candidates,
            max_bootstrapped_demos: 0,
            max_labeled_demos: 0,
        });
        let lm = Coach::default();
        let tuned = optimize(&alone, &lm, &splits(5, 8, 0), &run).await.unwrap();
        assert_eq!(tuned.tuned, tuned.original);
        // The program as given, and nobody is asked for an instruction.
        assert!(lm.asked_for("proposed_instruction").is_empty());
        assert!(lm.asked_for("observations").is_empty());
    }
    let none = mipro().num_trials(0);
    let tuned = optimize(&none, &Coach::default(), &splits(5, 8, 0), &run)
        .await
        .unwrap();
    assert_eq!(tuned.tuned, tuned.original);
}

#[tokio::test]
async fn settings_that_cannot_be_searched_with_are_refused() {
    let manual = MIPROv2Mode::Manual {
        instruction_candidates: vec![" \n".to_owned()],
        demo_candidates: Vec::new(),
    };
    for (optimizer, words) in [
        (mipro().minibatch_size(0), "without rows"),
        (mipro().minibatch_full_eval_steps(0), "after 0 minibatches"),
        (mipro().view_data_batch_size(0), "batches of 0 rows"),
        (mipro().init_temperature(f64::NAN), "temperature"),
        (mipro().init_temperature(-1.0), "temperature"),
        (mipro().metric_threshold(f64::NAN), "not a number"),
        (mipro().mode(manual), "without a word"),
    ] {
        let run = Run::in_memory();
        let ended = optimize(&optimizer, &Coach::default(), &splits(5, 5, 0), &run).await;
        let error = ended.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

/// With a temperature of 0 the proposer still gives different proposals, because each is another sample.
#[tokio::test]
async fn temperature_0_is_a_temperature() {
    let run = Run::in_memory();
    let lm = Coach::default();
    let optimizer = zero_shot().init_temperature(0.0);
    let tuned = optimize(&optimizer, &lm, &splits(5, 8, 0), &run)
        .await
        .unwrap();
    assert_eq!(tuned.report.tried.len(), 6);
}
