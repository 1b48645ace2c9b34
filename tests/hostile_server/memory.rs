//! The memory of a program that uses a hostile server. The figures are printed.

use std::process::Command;

use super::{HOST, SERVER};

/// The largest memory of the host in MB, and what the call of the tool gave.
fn measured(what: &str, behaviour: &str, tool: &str) -> (usize, String) {
    let mut host = Command::new(HOST);
    let output = host.args([what, SERVER, behaviour, tool]).output();
    let output = output.expect("the host runs");
    let line = String::from_utf8_lossy(&output.stdout).into_owned();
    let (peak, result) = line.split_once(' ').expect("a figure");
    let peak: usize = peak.parse().expect("a figure");
    println!("{behaviour}, {tool}: {} MB at most", peak / 1000);
    (peak / 1000, result.trim().to_owned())
}

/// The calls end at their time limit of 4 s, in which 200 MB and more would be queued.
#[test]
fn floods_take_no_memory() {
    for behaviour in [
        "flood-pings",
        "flood-identifiers",
        "flood-requests",
        "flood-notifications",
        "flood-answers",
    ] {
        let (peak, result) = measured("measure", behaviour, "good");
        assert!(result.contains("no answer within 4s"), "{result}");
        assert!(peak < 100, "{behaviour}: {peak} MB");
    }
}

#[test]
fn long_results_take_little_memory() {
    for tool in ["long", "long-error", "long-refusal", "too-long", "values"] {
        let (peak, result) = measured("measure", "results", tool);
        let length: usize = result
            .split(' ')
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or(0);
        assert!((1..=200_100).contains(&length), "{tool}: {result}");
        assert!(peak < 200, "{tool}: {peak} MB");
    }
}

#[test]
fn long_listings_take_little_memory() {
    for behaviour in [
        "cursor-repeated",
        "cursor-new-many",
        "cursor-large",
        "many",
        "long-description",
        "long-name",
        "list-error",
    ] {
        let (peak, _) = measured("measure", behaviour, "none");
        assert!(peak < 300, "{behaviour}: {peak} MB");
    }
}

#[test]
fn a_line_without_end_takes_little_memory() {
    let (peak, result) = measured("start", "endless-line", "none");
    assert!(result.ends_with("no answer"), "{result}");
    assert!(peak < 100, "{peak} MB");
}
