//! Every optimizer is in the tests that are for all of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{ROOT, library};

/// Those that run other optimizers, and are tested with them in `tests/optimizer_pipeline.rs`.
const OF_OTHERS: [&str; 2] = ["BetterTogether", "Then"];

/// The types that implement `Search` in the folder of optimizers.
fn optimizers() -> BTreeSet<String> {
    let library = library();
    let files = library.files().filter(|file| file.floor() == "optimizer");
    let mut found = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(Path::new(ROOT).join("dashoptimize/src").join(file.path()));
        let text = text.expect("a file of the library");
        // Examples in the documentation implement it as well.
        let lines = text.lines().filter(|line| line.starts_with("impl"));
        for implemented in lines.filter_map(|line| line.split("Search<M, E> for ").nth(1)) {
            let name = implemented.split(|c: char| !c.is_alphanumeric()).next();
            found.extend(name.map(str::to_owned));
        }
    }
    found
}

#[test]
fn every_optimizer_is_in_the_tests_for_all_of_them() {
    let list = fs::read_to_string(Path::new(ROOT).join("tests/every_optimizer/list.rs"));
    let list = list.expect("the list");
    let (_, lines) = list.split_once("\noptimizers! {").expect("the list");
    let listed: BTreeSet<String> = lines
        .lines()
        .filter_map(|line| {
            line.split(": ")
                .nth(1)?
                .split(',')
                .next()
                .map(str::to_owned)
        })
        .collect();
    let found: BTreeSet<String> = optimizers()
        .into_iter()
        .filter(|name| !OF_OTHERS.contains(&&**name))
        .collect();
    assert!(found.len() >= 10, "the optimizers are found: {found:?}");
    let missing: Vec<_> = found.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "these optimizers have no line in tests/every_optimizer/list.rs: {missing:?}"
    );
}
