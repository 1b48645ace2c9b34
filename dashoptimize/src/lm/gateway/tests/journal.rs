//! I5: a reply is on disk before anyone uses it, and no recorded call is paid twice.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::lm::gateway::{Cache, RecordedFailures};
use crate::lm::{LmError, LmErrorKind};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("journal.jsonl")
    }
}

fn open(path: &Path, budget: Budget) -> Gateway {
    with_journal(
        budget,
        4,
        Journal::open(path, RecordedFailures::Keep).expect("the journal opens"),
    )
}

/// How many replies are on disk.
fn replies(path: &Path) -> usize {
    fs::read_to_string(path)
        .unwrap()
        .matches("\"end\":{\"reply\"")
        .count()
}

#[tokio::test]
async fn i5_a_reply_is_on_disk_before_anyone_uses_it() {
    let folder = Folder::new();
    let gateway = open(&folder.path(), Budget::unlimited());
    for number in 0..5 {
        ask(&gateway, &model().into(), number).await.unwrap();
        assert_eq!(replies(&folder.path()), number + 1);
    }
}

#[tokio::test]
async fn i5_a_replay_calls_nobody_and_costs_nothing() {
    let folder = Folder::new();
    let first = open(&folder.path(), Budget::unlimited());
    for number in 0..5 {
        ask(&first, &model().into(), number).await.unwrap();
    }
    let spent = first.total();
    drop(first);

    let replayed = model();
    let lm = replayed.clone().into();
    let second = open(&folder.path(), Budget::calls(6));
    assert_eq!(
        second.total(),
        spent,
        "what earlier attempts spent is charged at load"
    );
    for number in 0..5 {
        assert_eq!(ask(&second, &lm, number).await.unwrap().text, "yes");
    }
    assert_eq!(replayed.calls(), 0);
    assert_eq!(second.total(), spent);
    assert!(ask(&second, &lm, 5).await.is_ok());
    assert!(
        ask(&second, &lm, 6).await.is_err(),
        "six calls in total, over both attempts at the run"
    );
}

/// Every length that a crash can leave of the last line.
#[tokio::test]
async fn i5_a_torn_last_line_is_dropped_and_nothing_else() {
    let folder = Folder::new();
    let gateway = open(&folder.path(), Budget::unlimited());
    for number in 0..3 {
        ask(&gateway, &model().into(), number).await.unwrap();
    }
    drop(gateway);
    let whole = fs::read(folder.path()).unwrap();
    let start = whole[..whole.len() - 1]
        .iter()
        .rposition(|b| *b == b'\n')
        .unwrap()
        + 1;
    for cut in start..whole.len() {
        fs::write(folder.path(), &whole[..cut]).unwrap();
        let gateway = open(&folder.path(), Budget::unlimited());
        // The third call was sent, and nobody knows how it ended.
        assert_eq!(gateway.total().calls, 3, "cut at {cut}");
        assert_eq!(gateway.total().failed, 1);
        ask(&gateway, &model().into(), 2).await.unwrap();
        drop(gateway);
        assert_eq!(open(&folder.path(), Budget::unlimited()).total().calls, 4);
    }
}

#[tokio::test]
async fn i5_a_damaged_middle_is_an_error_that_names_the_line() {
    let folder = Folder::new();
    let gateway = open(&folder.path(), Budget::unlimited());
    for number in 0..3 {
        ask(&gateway, &model().into(), number).await.unwrap();
    }
    drop(gateway);
    let whole = fs::read(folder.path()).unwrap();
    let second = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
    let third = second + whole[second..].iter().position(|b| *b == b'\n').unwrap() + 1;
    for place in second..third {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        fs::write(folder.path(), &damaged).unwrap();
        let error = Journal::open(&folder.path(), RecordedFailures::Keep)
            .err()
            .expect("damaged");
        let words = error.to_string();
        assert!(
            words.contains("journal.jsonl`, line 2: the record is damaged"),
            "{words}"
        );
        assert!(
            words.contains("truncate the file before that line"),
            "{words}"
        );
        assert_eq!(
            fs::read(folder.path()).unwrap(),
            damaged,
            "the file is left unchanged"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn failures_are_kept_or_forgotten_and_fatal_ones_always_tried_again() {
    let folder = Folder::new();
    let fails =
        |kind| Scripted::new(move |_: &ChatRequest| Err::<ChatReply, _>(LmError::new(kind, "no")));
    let first = open(&folder.path(), Budget::unlimited());
    ask(&first, &fails(LmErrorKind::InvalidRequest).into(), 0)
        .await
        .unwrap_err();
    ask(&first, &fails(LmErrorKind::Server).into(), 1)
        .await
        .unwrap_err();
    ask(&first, &fails(LmErrorKind::Auth).into(), 2)
        .await
        .unwrap_err();
    let spent = first.total();
    assert_eq!(spent.calls, 1 + 5 + 1);
    drop(first);

    let kept = model();
    let second = open(&folder.path(), Budget::unlimited());
    assert_eq!(second.total(), spent);
    let error = ask(&second, &kept.clone().into(), 0).await.unwrap_err();
    assert!(matches!(error, ChatError::Lm(error) if error.kind() == LmErrorKind::InvalidRequest));
    assert!(ask(&second, &kept.clone().into(), 1).await.is_err());
    assert_eq!(kept.calls(), 0);
    assert!(ask(&second, &kept.clone().into(), 2).await.is_ok());
    assert_eq!(kept.calls(), 1);
    drop(second);

    let journal = Journal::open(&folder.path(), RecordedFailures::Forget).unwrap();
    let third = with_journal(Budget::unlimited(), 1, journal);
    assert_eq!(
        third.total().calls,
        8,
        "forgotten failures are still paid for"
    );
    let again = model();
    assert!(ask(&third, &again.clone().into(), 1).await.is_ok());
    assert_eq!(again.calls(), 1);
}

#[test]
fn a_journal_has_one_owner() {
    let folder = Folder::new();
    let owner = Journal::open(&folder.path(), RecordedFailures::Keep).unwrap();
    let error = Journal::open(&folder.path(), RecordedFailures::Keep)
        .err()
        .expect("in use");
    assert!(
        error
            .to_string()
            .contains("is in use by another run or process"),
        "{error}"
    );
    drop(owner);
    assert!(Journal::open(&folder.path(), RecordedFailures::Keep).is_ok());
}

#[tokio::test]
async fn a_cache_hit_is_journaled_and_costs_nothing() {
    let folder = Folder::new();
    let cache = Cache::open(folder.0.path().join("cache.jsonl")).unwrap();
    let run = |name: &str| {
        let journal = Journal::open(&folder.0.path().join(name), RecordedFailures::Keep).unwrap();
        Gateway::of_run(
            Budget::calls(1),
            1,
            Retry::DEFAULT,
            journal,
            Some(cache.clone()),
        )
    };
    let model = model();
    let lm: Lm = model.clone().into();
    let first = run("first.jsonl");
    ask(&first, &lm, 0).await.unwrap();

    let second = run("second.jsonl");
    assert_eq!(ask(&second, &lm, 0).await.unwrap().text, "yes");
    let total = second.total();
    assert_eq!(
        (total.calls, total.cache_hits, total.usage.total()),
        (0, 1, 0)
    );
    assert_eq!(model.calls(), 1);
    assert!(
        ask(&second, &lm, 1).await.is_ok(),
        "the one call of the budget is still there"
    );
    drop(second);
    drop(cache);
    // The journal alone is enough for a replay.
    let journal = Journal::open(
        &folder.0.path().join("second.jsonl"),
        RecordedFailures::Keep,
    )
    .unwrap();
    let replay = with_journal(Budget::calls(0), 1, journal);
    assert!(ask(&replay, &lm, 0).await.is_ok());
    assert_eq!(replay.total().cache_hits, 1);
}

/// I13: a journal contains replies and what they cost, and only the hash of a request.
#[tokio::test]
async fn i13_a_journal_holds_nothing_of_the_request() {
    let folder = Folder::new();
    let gateway = open(&folder.path(), Budget::unlimited());
    ask(&gateway, &model().into(), 12_345).await.unwrap();
    let text = fs::read_to_string(folder.path()).unwrap();
    assert!(
        !text.contains("12345") && !text.contains("Be brief"),
        "{text}"
    );
    let shown = format!("{gateway:?}");
    assert!(
        !shown.contains("yes") && !shown.contains("12345"),
        "{shown}"
    );
}
