//! I3 across restarts: what a journal says of calls that have not ended, and of lines that no run wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::*;
use crate::lm::gateway::RecordedFailures;
use crate::lm::{LmError, LmErrorKind, Price};

fn opened(path: &Path) -> Result<Journal, String> {
    Journal::open(path, RecordedFailures::Keep).map_err(|error| error.to_string())
}

fn spent(path: &Path) -> Spend {
    opened(path).expect("the journal opens").ledger().total()
}

fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a journal");
    text.split_inclusive('\n').map(str::to_owned).collect()
}

/// The line with another body and the checksum of that.
fn changed(line: &str, from: &str, to: &str) -> String {
    let body = line[9..].trim_end();
    assert!(body.contains(from), "{body} has no {from}");
    let body = body.replace(from, to);
    let sum = base16ct::lower::encode_string(&Sha256::digest(&body)[..4]);
    format!("{sum} {body}\n")
}

/// A journal of three calls with replies, and then one that was sent and dropped.
async fn journal(folder: &tempfile::TempDir) -> (PathBuf, Spend) {
    tokio::time::pause();
    let path = folder.path().join("journal.jsonl");
    let gateway = with_journal(Budget::calls(99), 4, opened(&path).unwrap());
    let price = Price::per_1m(1.0, 2.0);
    for number in 0..3 {
        let lm = model().with_price(price).into();
        ask(&gateway, &lm, number).await.unwrap();
    }
    let never = model().with_delay(Duration::from_secs(60));
    let lm = never.with_price(price).into();
    let dropped = tokio::time::timeout(Duration::from_secs(1), ask(&gateway, &lm, 3)).await;
    assert!(dropped.is_err());
    (path, gateway.total())
}

#[tokio::test]
async fn i3_a_call_without_an_end_counts_with_its_worst_case_and_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, spent_before) = journal(&folder).await;
    assert_eq!((spent_before.calls, spent_before.failed), (4, 1));
    assert!(spent_before.unmetered_tokens > 0);
    assert_eq!(spent(&path), spent_before);

    let again = model();
    let gateway = with_journal(Budget::calls(5), 1, opened(&path).unwrap());
    assert!(ask(&gateway, &again.clone().into(), 3).await.is_ok());
    assert!(ask(&gateway, &again.clone().into(), 4).await.is_err());
    assert_eq!(again.calls(), 1, "four calls of five were spent");
}

/// After each line a process may be killed; what was sent by then is spent.
#[tokio::test]
async fn i3_wherever_a_journal_ends_every_call_that_was_sent_is_spent() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = journal(&folder).await;
    let lines = lines(&path);
    assert_eq!(lines.len(), 1 + 2 * 3 + 1, "{lines:#?}");
    for kept in 1..=lines.len() {
        fs::write(&path, lines[..kept].concat()).unwrap();
        let sent = lines[..kept]
            .iter()
            .filter(|line| line.contains("\"end\":\"sent\""));
        assert_eq!(spent(&path).calls, sent.count() as u64, "{kept} lines");
    }
}

#[tokio::test(start_paused = true)]
async fn i3_every_attempt_of_a_call_is_spent_wherever_the_journal_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let count = Count::default();
    let shaky = Scripted::new(move |_: &ChatRequest| match count.next() {
        0 => Err(LmError::new(LmErrorKind::Server, "busy")),
        1 => Err(LmError::new(LmErrorKind::Timeout, "slow")),
        _ => Ok(ChatReply::new("yes").with_usage(Usage::new(7, 3))),
    });
    let gateway = with_journal(Budget::unlimited(), 1, opened(&path).unwrap());
    ask(&gateway, &shaky.into(), 0).await.unwrap();
    let total = gateway.total();
    drop(gateway);
    assert_eq!((total.calls, total.failed), (3, 2));
    assert_eq!(spent(&path), total);
    let lines = lines(&path);
    for (kept, calls) in [(2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3)] {
        fs::write(&path, lines[..kept].concat()).unwrap();
        assert_eq!(spent(&path).calls, calls, "{kept} lines");
    }
}

#[tokio::test]
async fn copies_of_lines_are_neither_spent_nor_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (path, spent_before) = journal(&folder).await;
    let lines = lines(&path);
    for (copied, line) in lines.iter().enumerate() {
        for place in copied + 1..=lines.len() {
            let mut with_copy = lines.clone();
            with_copy.insert(place, line.clone());
            fs::write(&path, with_copy.concat()).unwrap();
            assert_eq!(spent(&path), spent_before, "line {copied} at {place}");
        }
    }
    fs::write(&path, [lines.concat(), lines.concat()].concat()).unwrap();
    let again = model();
    let gateway = with_journal(Budget::unlimited(), 1, opened(&path).unwrap());
    assert_eq!(gateway.total(), spent_before);
    for number in 0..4 {
        ask(&gateway, &again.clone().into(), number).await.unwrap();
    }
    assert_eq!(again.calls(), 1, "the three replies are there");
    let total = gateway.total();
    drop(gateway);
    assert_eq!(
        spent(&path),
        total,
        "what was written after the copies counts"
    );
}

#[tokio::test]
async fn a_missing_line_is_an_error_that_names_the_line_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = journal(&folder).await;
    let lines = lines(&path);
    for missing in 1..lines.len() - 1 {
        let mut rest = lines.clone();
        rest.remove(missing);
        fs::write(&path, rest.concat()).unwrap();
        let error = opened(&path).err().expect("a gap");
        let words = format!("line {}: records before it are missing", missing + 1);
        assert!(error.contains(&words), "{error}");
    }
}

/// Numbers that no call has, in lines with a right checksum.
#[tokio::test]
async fn i12_no_number_in_a_record_panics_or_widens_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let (path, before) = journal(&folder).await;
    let lines = lines(&path);
    let (sent, end) = (&lines[1], &lines[2]);
    let most = u64::MAX.to_string();
    let more = u128::MAX.to_string();
    let calls = format!("\"calls\":{most}");
    for (line, from, to) in [
        (end, "\"calls\":1", &*calls),
        (sent, "\"calls\":1", &*calls),
        (sent, "\"failed\":1", &*format!("\"failed\":{most}")),
        (end, "\"input\":20", &*format!("\"input\":{most}")),
        (end, "\"output\":5", &*format!("\"output\":{most}")),
        (end, "\"cost\":", &*format!("\"cost\":{}", &more[..20])),
        (
            end,
            "\"elapsed\":",
            &*format!("\"elapsed\":{}", &most[..15]),
        ),
    ] {
        // Twice, so that the sum exceeds the largest number.
        for copies in [1, 2] {
            let mut text = lines.clone();
            let place = lines.iter().position(|one| one == line).unwrap();
            text[place] = changed(line, from, to);
            if copies == 2 {
                text[place + 2] = changed(&lines[place + 2], from, to);
            }
            fs::write(&path, text.concat()).unwrap();
            let total = spent(&path);
            assert!(
                total.calls >= before.calls && total.amount().tokens >= before.amount().tokens,
                "{to}: {total:?}"
            );
            let gateway = with_journal(Budget::calls(4), 1, opened(&path).unwrap());
            assert!(ask(&gateway, &model().into(), 9).await.is_err());
        }
    }
}

#[tokio::test]
async fn what_cannot_be_a_record_is_of_another_version_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = journal(&folder).await;
    let lines = lines(&path);
    for (place, from, to) in [
        (0, "\"version\":1", "\"version\":2"),
        (1, "\"end\":\"sent\"", "\"end\":\"streaming\""),
        (2, "\"end\":{\"reply\"", "\"end\":{\"stream\""),
        (2, "\"elapsed\"", "\"region\":\"eu\",\"elapsed\""),
        (2, "\"calls\":1", "\"calls\":-1"),
        (2, "\"calls\":1", "\"calls\":1e3"),
        (2, "\"cost\":", "\"cost\":-"),
        (2, "\"calls\":1", "\"calls\":1,\"seconds\":3"),
        (2, "\"cost\":", "\"cost\":\"NaN\",\"was\":"),
    ] {
        let mut text = lines.clone();
        text[place] = changed(&lines[place], from, to);
        fs::write(&path, text.concat()).unwrap();
        let error = opened(&path).err().expect("another version");
        assert!(error.contains(&format!("line {}", place + 1)), "{error}");
        assert!(
            error.contains("use the version that wrote it") && !error.contains("truncate"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text.concat());
    }
    // Also as the last line, which a crash could have cut.
    let newer = changed(&lines[2], "\"elapsed\"", "\"region\":\"eu\",\"elapsed\"");
    fs::write(
        &path,
        [&lines[0], &lines[1], &newer].map(String::as_str).concat(),
    )
    .unwrap();
    assert!(opened(&path).is_err());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_tried_again_costs_what_all_its_attempts_cost_in_every_attempt_at_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let count = Count::default();
    let shaky = Scripted::new(move |_: &ChatRequest| match count.next() {
        0..2 => Err(LmError::new(LmErrorKind::Timeout, "slow")),
        _ => Ok(ChatReply::new("yes").with_usage(Usage::new(7, 3))),
    });
    let lm: Lm = shaky.into();
    let cost = async |gateway: &Gateway| {
        let predictor: Arc<str> = "qa".into();
        let (tag, mut spend) = (Tag::new(Purpose::Task, &predictor), Spend::default());
        let asked = gateway
            .chat_counting(&lm, &request(0), tag, &mut spend)
            .await;
        asked.map(|_| spend).unwrap()
    };
    let gateway = with_journal(Budget::unlimited(), 1, opened(&path).unwrap());
    let first = cost(&gateway).await;
    assert_eq!((first.calls, first.failed), (3, 2));
    assert_eq!(first, gateway.total());
    assert_eq!(cost(&gateway).await, first, "from the journal");
    drop(gateway);
    let resumed = with_journal(Budget::unlimited(), 1, opened(&path).unwrap());
    assert_eq!(cost(&resumed).await, first);
    assert_eq!(resumed.total(), first, "and it is paid for once");
}
