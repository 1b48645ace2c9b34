//! The edges: few rows, no demos, no steps, settings that cannot be searched with.

use dashoptimize::engine::Run;
use dashoptimize::optimizer::SIMBAStrategy;

use super::{demos, optimize, short, simba};
use crate::support::coach::Coach;
use crate::support::quiz::splits;

#[tokio::test]
async fn few_rows_no_demos_and_no_steps_are_searched() {
    for (optimizer, train, val) in [
        (short(), 1, 1),
        (short(), 1, 5),
        (short().bsize(100), 5, 1),
        (short().max_demos(0), 10, 10),
        (short().max_steps(0), 10, 10),
        (short().num_candidates(0), 10, 10),
        (short().k(0).temperature(0.0), 10, 10),
        (simba().max_steps(1), 3, 3),
    ] {
        let run = Run::in_memory().seed(0);
        let data = splits(train, val, 0);
        let tuned = optimize(&optimizer, &Coach::default(), &data, &run)
            .await
            .unwrap();
        assert!(tuned.final_score() >= tuned.initial_score());
    }
    let run = Run::in_memory().seed(0);
    let without = short().max_demos(0);
    let tuned = optimize(&without, &Coach::default(), &splits(30, 30, 0), &run)
        .await
        .unwrap();
    assert_eq!(demos(&tuned), 0);
}

#[tokio::test]
async fn settings_that_cannot_be_searched_with_are_refused() {
    for (optimizer, words) in [
        (short().strategies([]), "no strategy"),
        (
            short()
                .max_demos(0)
                .strategies([SIMBAStrategy::AppendADemo]),
            "no strategy",
        ),
        (short().bsize(0), "0 rows a step"),
        (short().temperature(f64::NAN), "temperature"),
        (short().temperature_for_candidates(-0.1), "temperature"),
        (short().lambda(0.0), "`lambda`"),
        (short().lambda(f64::INFINITY), "`lambda`"),
    ] {
        let run = Run::in_memory();
        let lm = Coach::default();
        let ended = optimize(&optimizer, &lm, &splits(5, 5, 0), &run).await;
        let error = ended.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
