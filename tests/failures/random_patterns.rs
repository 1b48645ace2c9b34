//! Random failures on either side: no program gains by them.

use dashoptimize::engine::Stop;
use dashoptimize::evaluate::ScoreRange;
use dashoptimize::lm::LmErrorKind;
use proptest::prelude::*;

use super::endings::Ending::{
    self, Fails, HalfRight, MetricErrs, MetricPanics, Right, RightSecond, TooLong, Unreadable,
    Wrong,
};
use super::endings::{Endings, chosen, tolerant, try_and_return};

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        6 => Just(Right),
        1 => Just(HalfRight),
        3 => Just(Wrong),
        1 => Just(Unreadable),
        1 => Just(TooLong),
        1 => Just(MetricErrs),
        1 => Just(MetricPanics),
        2 => Just(Fails(LmErrorKind::Timeout)),
        1 => Just(Fails(LmErrorKind::RateLimited)),
        1 => Just(RightSecond(LmErrorKind::Server)),
    ]
}

/// How often a program fails, all in all, differs between programs: an outage meets one of them only.
fn program(rows: usize) -> impl Strategy<Value = Vec<Ending>> {
    let healthy = prop::collection::vec(ending(), rows);
    (healthy, 0..=rows, any::<bool>()).prop_map(move |(mut endings, outage, hit)| {
        let from = if hit { outage } else { rows };
        endings[from..].fill(Fails(LmErrorKind::Connection));
        endings
    })
}

fn endings() -> impl Strategy<Value = (Endings, usize)> {
    (
        1..=3_usize,
        1..=12_usize,
        prop_oneof![Just(0_usize), 1..=24_usize],
    )
        .prop_flat_map(|(candidates, val, holdout)| {
            let programs = prop::collection::vec(program(val + holdout), candidates + 1);
            (programs, Just(val))
        })
}

/// Whether one program did better than another on some rows and worse on none, with rows that were not
/// answered as the worst.
fn surpasses(one: &[Ending], other: &[Ending]) -> bool {
    let mut rows = one.iter().zip(other);
    let mut better = false;
    let no_worse = rows.all(|(one, other)| {
        better |= one.at_worst() > other.at_worst();
        one.at_worst() >= other.at_worst()
    });
    no_worse && better
}

fn total(endings: &[Ending]) -> f64 {
    endings.iter().map(|ending| ending.at_worst()).sum()
}

/// `is_first` is whether the search returns its first candidate, whatever it is worth.
fn check(
    endings: &Endings,
    val: usize,
    range: ScoreRange,
    is_first: bool,
) -> Result<(), TestCaseError> {
    let returns = is_first.then_some(1);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let tuned = match runtime.block_on(try_and_return(returns, endings, val, range, &tolerant())) {
        Ok(tuned) => tuned,
        Err(error) => {
            let cannot_work = matches!(*error.stop, Stop::CannotWork { .. });
            prop_assert!(cannot_work, "{error}");
            return Ok(());
        }
    };
    let best = &endings[chosen(&tuned)];
    for other in endings.iter().filter(|_| !is_first) {
        prop_assert!(!surpasses(&other[..val], &best[..val]), "chosen: {best:?}");
    }
    let given = &endings[0];
    let rows = if given.len() > val {
        val..given.len()
    } else {
        0..val
    };
    let (given, best) = (&given[rows.clone()], &best[rows]);
    let is_better = tuned
        .verdict
        .as_ref()
        .is_some_and(|verdict| verdict.is_better());
    if is_better {
        prop_assert!(total(best) > total(given), "better: {best:?}");
    }
    if tuned.installed && best != given {
        prop_assert!(!surpasses(given, best), "installed: {best:?}");
        prop_assert!(total(best) >= total(given), "installed: {best:?}");
        let known = best.iter().filter(|ending| ending.is_known()).count();
        prop_assert!(2 * known >= best.len(), "installed: {best:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn i15_no_program_is_chosen_installed_or_called_better_for_failing(
        (endings, val) in endings(),
        is_first in any::<bool>(),
        range in prop_oneof![Just((0.0, 1.0)), Just((-1.0, 0.0)), Just((-10.0, 5.0))],
    ) {
        let range = ScoreRange::new(range.0, range.1).expect("a range");
        check(&endings, val, range, is_first)?;
    }
}
