//! Whatever fails, at every call of a short run: the outcome is as declared, and nothing that was paid for is lost.

use dashoptimize::engine::{Run, Stop};
use dashoptimize::lm::LmErrorKind;
use tempfile::tempdir;

use super::model::Disturbance;
use super::programs::Subject;
use super::trial::{ATTEMPTS, Trial, seeded};
use crate::support::journal::answers;
use crate::support::run_folder::files;

/// What a failure does to a run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// It is tried again, and the run ends as if nothing had happened.
    Mended,
    /// It is a matter of this call: the run goes on.
    GoesOn,
    /// It would meet all other calls as well: it ends the run, which can be resumed.
    Ends,
}

/// What is done to a call, and what must come of it.
const KINDS: [(Disturbance, Outcome); 10] = [
    (once(LmErrorKind::Timeout), Outcome::Mended),
    (once(LmErrorKind::RateLimited), Outcome::Mended),
    (once(LmErrorKind::Server), Outcome::Mended),
    // A body that was cut off.
    (once(LmErrorKind::Protocol), Outcome::Mended),
    (once(LmErrorKind::InvalidRequest), Outcome::GoesOn),
    (once(LmErrorKind::Auth), Outcome::Ends),
    (
        Disturbance::Failure(LmErrorKind::Server, ATTEMPTS),
        Outcome::GoesOn,
    ),
    (Disturbance::Text(""), Outcome::GoesOn),
    (
        Disturbance::Text("```\nan unreadable proposal"),
        Outcome::GoesOn,
    ),
    (Disturbance::Cut, Outcome::GoesOn),
];

const fn once(kind: LmErrorKind) -> Disturbance {
    Disturbance::Failure(kind, 1)
}

/// How much is tried at each call.
#[derive(Clone, Copy)]
pub(crate) enum Share {
    /// One kind of failure, the next call another one.
    OneKind,
    AllKinds,
}

type Files = Vec<(String, String)>;

/// Disturbs every call of a run of this optimizer.
pub(crate) async fn at_every_call<S: Subject>(name: &'static str, share: Share) {
    let folder = tempdir().expect("a folder");
    let whole = Trial::<S>::new(name);
    let ended = whole.run(seeded(Run::folder(folder.path())).concurrency(1));
    let ended = ended.await.expect("nothing fails");
    let (calls, expected) = (whole.calls.made(), files(folder.path()));
    assert_eq!(ended.report.ledger.total().calls, calls);
    // Rows that candidates are chosen or judged by have three digits.
    let shown = whole.calls.shown();
    let mut numbers = shown.split("number ").skip(1);
    let is_chosen_by = |rest: &str| rest.chars().take_while(char::is_ascii_digit).count() > 2;
    assert!(
        !numbers.any(is_chosen_by),
        "{name} showed a row to its proposer"
    );
    for at in 0..calls {
        for (place, kind) in KINDS.into_iter().enumerate() {
            let is_its_turn = at % KINDS.len() as u64 == place as u64;
            if is_its_turn || matches!(share, Share::AllKinds) {
                at_call::<S>(name, at, kind, (calls, &expected)).await;
            }
        }
        let mut trial = Trial::<S>::new(name);
        trial.panics_at = Some(at);
        let ended = trial.run(seeded(Run::in_memory())).await;
        ended.unwrap_or_else(|error| panic!("{name}, a panic of the metric at {at}: {error}"));
    }
}

async fn at_call<S: Subject>(
    name: &'static str,
    at: u64,
    (disturbance, outcome): (Disturbance, Outcome),
    (calls, expected): (u64, &Files),
) {
    let says = format!("{name}, {disturbance:?} at call {at} of {calls}");
    let folder = tempdir().expect("a folder");
    let run = || seeded(Run::folder(folder.path())).concurrency(1);
    let trial = Trial::<S>::disturbed_at(name, at, disturbance);
    let ended = trial.run(run()).await;
    let left = files(folder.path());
    let recorded = answers(folder.path());
    match (outcome, &ended) {
        (Outcome::Mended, Ok(_)) => assert_same(&decided(&left), &decided(expected), &says),
        (Outcome::GoesOn, Ok(optimized)) => {
            let made = optimized.report.ledger.total().calls;
            assert_eq!(
                made,
                trial.calls.made(),
                "{says}: every call is in the ledger"
            );
        }
        (Outcome::Ends, Err(error)) => {
            assert!(matches!(*error.stop, Stop::Provider(_)), "{says}: {error}");
            assert_eq!(error.spend.calls, trial.calls.made(), "{says}");
        }
        (_, Ok(_)) => panic!("{says}: the run was to end"),
        (_, Err(error)) => panic!("{says}: {error}"),
    }
    // Run again, it pays for nothing twice.
    let again = Trial::<S>::new(name);
    let ended = again.run(run()).await;
    ended.unwrap_or_else(|error| panic!("{says}, run again: {error}"));
    match outcome {
        Outcome::Ends => {
            assert_eq!(again.calls.made(), calls - recorded, "{says}");
            assert_same(&files(folder.path()), expected, &says);
        }
        Outcome::Mended | Outcome::GoesOn => {
            assert_eq!(again.calls.made(), 0, "{says}");
            assert_same(&files(folder.path()), &left, &says);
        }
    }
}

/// What was decided. Results say how often a call was tried as well.
fn decided(files: &Files) -> Files {
    let files = files.iter().filter(|(name, _)| {
        name == "artifact.json" || name == "events.jsonl" || name.starts_with("candidates/")
    });
    files.cloned().collect()
}

/// Two run folders hold the same. If not, the first line that differs is said.
pub(crate) fn assert_same(left: &Files, right: &Files, says: &str) {
    let names =
        |files: &Files| -> Vec<String> { files.iter().map(|file| file.0.clone()).collect() };
    assert_eq!(names(left), names(right), "{says}");
    for ((name, left), (_, right)) in left.iter().zip(right) {
        let mut lines = left.lines().zip(right.lines());
        if let Some((left, right)) = lines.find(|(left, right)| left != right) {
            panic!("{says}: {name} has\n{left}\nand not\n{right}");
        }
        assert_eq!(left.len(), right.len(), "{says}: {name}");
    }
}
