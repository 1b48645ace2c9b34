//! Runs at any concurrency, and runs that are killed anywhere.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use dashoptimize::engine::Run;
use tempfile::tempdir;

use super::answers::mixed;
use super::failures::assert_same;
use super::programs::Subject;
use super::trial::{Trial, seeded};
use crate::support::journal::answers;
use crate::support::run_folder::files;

/// How often a run is killed in each of two ways.
const KILLS: u64 = 10;

/// How many calls may be in flight at the same time.
const CONCURRENCY: [usize; 3] = [1, 8, 64];

type Files = Vec<(String, String)>;

async fn whole<S: Subject>(name: &'static str, folder: &Path, concurrency: usize) -> (u64, Files) {
    let trial = Trial::<S>::new(name);
    let run = seeded(Run::folder(folder)).concurrency(concurrency);
    trial.run(run).await.expect("nothing fails");
    (trial.calls.made(), files(folder))
}

pub(crate) async fn at_any_concurrency<S: Subject>(name: &'static str) {
    let folder = tempdir().expect("a folder");
    let path = |concurrency: usize| folder.path().join(concurrency.to_string());
    let expected = whole::<S>(name, &path(1), 1).await;
    for part in ["events.jsonl", "artifact.json", "candidates/"] {
        let is_there = expected.1.iter().any(|file| file.0.starts_with(part));
        assert!(is_there, "{name}: {part}");
    }
    for concurrency in [8, 64] {
        let found = whole::<S>(name, &path(concurrency), concurrency).await;
        let says = format!("{name} at concurrency {concurrency}");
        assert_eq!(found.0, expected.0, "{says}");
        assert_same(&found.1, &expected.1, &says);
    }
}

pub(crate) async fn wherever_it_is_killed<S: Subject>(name: &'static str) {
    let folder = tempdir().expect("a folder");
    let expected = whole::<S>(name, &folder.path().join("whole"), 1).await;
    for kill in 0..KILLS {
        let concurrency = CONCURRENCY[kill as usize % 3];
        let path = folder.path().join(format!("{kill}"));
        while_it_waits::<S>(name, &path, kill, concurrency, &expected).await;
        let whole = folder.path().join(format!("at {concurrency}"));
        if !whole.exists() {
            self::whole::<S>(name, &whole, concurrency).await;
        }
        let path = folder.path().join(format!("{kill} within a record"));
        within_a_record::<S>(name, &whole, &path, kill, &expected).await;
    }
}

/// Drops the run when a call gets no reply, and leaves the files as they are then.
async fn while_it_waits<S: Subject>(
    name: &'static str,
    path: &Path,
    kill: u64,
    concurrency: usize,
    expected: &(u64, Files),
) {
    let mut dying = Trial::<S>::new(name);
    let at = mixed(kill) % expected.0;
    dying.calls.dies_at = Some(at);
    let died = Arc::clone(&dying.calls.died);
    tokio::select! {
        _ = dying.run(seeded(Run::folder(path)).concurrency(concurrency)) => {
            panic!("{name} was to be killed at call {at} of {}", expected.0)
        }
        () = died.notified() => {}
    }
    let says = format!("{name}, killed at call {at} of {}", expected.0);
    goes_on::<S>(name, path, answers(path), concurrency, expected, &says).await;
}

/// Cuts the journal anywhere, also in the middle of a record. Of the other files, only the manifest is there.
async fn within_a_record<S: Subject>(
    name: &'static str,
    whole: &Path,
    path: &Path,
    kill: u64,
    expected: &(u64, Files),
) {
    fs::create_dir(path).expect("a new folder");
    fs::copy(whole.join("manifest.json"), path.join("manifest.json")).expect("a manifest");
    let journal = fs::read(whole.join("journal.jsonl")).expect("a journal");
    let first = journal.iter().position(|byte| *byte == b'\n').unwrap_or(0) + 1;
    let at = first + mixed(kill + 1_000) as usize % (journal.len() - first);
    let whole_lines = journal[..at].iter().rposition(|byte| *byte == b'\n');
    let end = whole_lines.map_or(0, |end| end + 1);
    fs::write(path.join("journal.jsonl"), &journal[..end]).expect("a journal");
    let recorded = answers(path);
    fs::write(path.join("journal.jsonl"), &journal[..at]).expect("a journal");
    let says = format!(
        "{name}, killed at byte {at} of {} of the journal",
        journal.len()
    );
    goes_on::<S>(name, path, recorded, 8, expected, &says).await;
}

/// No recorded call is made again, and the files are those of a run that was not killed.
async fn goes_on<S: Subject>(
    name: &'static str,
    path: &Path,
    recorded: u64,
    concurrency: usize,
    (calls, expected): &(u64, Files),
    says: &str,
) {
    let resumed = Trial::<S>::new(name);
    let run = seeded(Run::folder(path)).concurrency(concurrency);
    let ended = resumed.run(run).await;
    ended.unwrap_or_else(|error| panic!("{says}: {error}"));
    assert_eq!(resumed.calls.made(), calls - recorded, "{says}");
    assert_same(&files(path), expected, says);
}
