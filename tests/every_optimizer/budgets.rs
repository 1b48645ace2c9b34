//! Budgets with 64 calls in flight, and a provider that reports usage as large as can be, or none.

use dashoptimize::engine::{Ended, Run};
use dashoptimize::lm::Budget;
use dashoptimize::optimizer::Optimized;

use super::programs::Subject;
use super::trial::{Trial, seeded};

/// How many sizes of a budget are tried.
const SIZES: u64 = 6;

pub(crate) async fn are_kept<S: Subject>(name: &'static str) {
    let mut whole = Trial::<S>::new(name);
    whole.calls.has_odd_usage = true;
    let run = seeded(Run::in_memory()).concurrency(1).without_verdict();
    let ended = whole.run(run).await.expect("nothing fails");
    let total = ended.report.ledger.total();
    // Without usage, a call counts as the most that it can be.
    let tokens = total.usage.total() + total.unmetered_tokens;
    let (calls, mut ended_early) = (total.calls, 0);
    for size in 1..SIZES {
        let (calls, tokens) = (calls * size / SIZES, tokens * size / SIZES);
        let of_calls = under::<S>(name, Budget::calls(calls), [calls, u64::MAX]).await;
        under::<S>(name, Budget::tokens(tokens), [u64::MAX, tokens]).await;
        ended_early += u64::from(matches!(of_calls.report.ended, Ended::Budget(_)));
    }
    assert_eq!(ended_early, SIZES - 1, "{name}: each budget is too small");
}

/// The run under a budget, with one call at a time and with 64: the same comes of a budget of calls.
async fn under<S: Subject>(
    name: &'static str,
    budget: Budget,
    [most_calls, most_tokens]: [u64; 2],
) -> Optimized<S::Program> {
    let says = format!("{name}, {budget:?}");
    let mut results = Vec::new();
    for concurrency in [1, 64] {
        let mut trial = Trial::<S>::new(name);
        trial.calls.has_odd_usage = true;
        let run = seeded(Run::in_memory()).budget(budget);
        let run = run.concurrency(concurrency).without_verdict();
        let ended = trial.run(run).await;
        let ended = ended.unwrap_or_else(|error| panic!("{says}: {error}"));
        assert!(trial.calls.made() <= most_calls, "{says}");
        assert!(trial.calls.tokens() <= most_tokens, "{says}");
        if ended.report.initial.is_some() {
            assert!(ended.final_score() >= ended.initial_score(), "{says}");
        }
        results.push(ended);
    }
    if most_tokens == u64::MAX {
        assert_eq!(results[0].tuned, results[1].tuned, "{says}");
    }
    results.swap_remove(1)
}
