//! Files that are not a log, and damage that no crash causes.

use std::fs;

use super::*;
use crate::lm::gateway::{Cache, RecordedFailures};

#[test]
fn a_file_that_is_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    for text in [
        "buy milk",
        "buy milk\n",
        "buy milk\nand bread\n",
        "{\"a\": 1}",
        "deadbeef or alive",
    ] {
        fs::write(&path, text).unwrap();
        let error = Cache::open(&path).expect_err("no cache");
        assert!(
            error
                .to_string()
                .contains("is not a cache; it is left unchanged"),
            "{text:?}: {error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_whole_record_that_is_not_understood_is_not_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache.jsonl");
    let key = crate::lm::request_key::RequestKey([7; 16]);
    Cache::open(&cache)
        .unwrap()
        .store(key, &ChatReply::new("yes"))
        .unwrap();
    let text = fs::read(&cache).unwrap();
    // A whole record of a cache is not a record of a journal.
    let error = Journal::open(&cache, RecordedFailures::Keep)
        .err()
        .expect("no journal");
    assert!(
        error
            .to_string()
            .ends_with("is not a journal; it is left unchanged"),
        "{error}"
    );
    assert_eq!(fs::read(&cache).unwrap(), text);
}

#[test]
fn zeros_at_the_end_are_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    fs::write(&path, [0; 64]).unwrap();
    assert!(Journal::open(&path, RecordedFailures::Keep).is_ok());
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.ends_with("{\"file\":\"journal\",\"version\":1}\n"),
        "{text:?}"
    );
}
