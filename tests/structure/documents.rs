//! Documents that name tests and files name such as exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::ROOT;

/// All files below the folders of the workspace, with paths from the root.
fn files() -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for folder in [
        "dashoptimize",
        "dashoptimize-macros",
        "docs",
        "examples",
        "tests",
        "ui-tests",
    ] {
        walk(&Path::new(ROOT).join(folder), folder, &mut files);
    }
    files
}

fn walk(folder: &Path, shown: &str, files: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let shown = format!("{shown}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            walk(&path, &shown, files);
        } else {
            files.insert(shown);
        }
    }
}

/// What stands between backticks in a document.
fn quoted(document: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(ROOT).join(document)).unwrap();
    let lines = text
        .lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    lines.map(str::to_owned).collect()
}

#[test]
fn tests_that_the_invariants_name_exist() {
    let functions: BTreeSet<String> = files()
        .iter()
        .filter(|path| path.ends_with(".rs"))
        .flat_map(|path| {
            let text = fs::read_to_string(Path::new(ROOT).join(path)).unwrap();
            let names = text.split("fn ").skip(1).map(|rest| {
                let end = |c: char| !c.is_alphanumeric() && c != '_';
                rest.split(end).next().unwrap_or_default().to_owned()
            });
            names.collect::<Vec<_>>()
        })
        .collect();
    let is_test =
        |name: &String| name.matches('_').count() > 2 && !name.contains([':', '(', '/', ' ']);
    let missing: Vec<_> = quoted("docs/invariants.md")
        .into_iter()
        .filter(is_test)
        .filter(|name| match name.strip_suffix('…') {
            Some(start) => !functions.iter().any(|function| function.starts_with(start)),
            None => !functions.contains(name),
        })
        .collect();
    assert!(
        missing.is_empty(),
        "docs/invariants.md names tests that are not there: {missing:#?}"
    );
}

#[test]
fn files_that_the_documents_name_exist() {
    let files = files();
    let mut missing = BTreeSet::new();
    for document in [
        "README.md",
        "docs/architecture.md",
        "docs/invariants.md",
        "docs/checklist.md",
    ] {
        // `<name>` stands for a name that the reader chooses.
        let is_file =
            |name: &String| name.ends_with(".rs") && name.contains('/') && !name.contains('<');
        for name in quoted(document).into_iter().filter(is_file) {
            // Paths start from the root or from a folder that the text has named.
            let is_there = |file: &String| *file == name || file.ends_with(&format!("/{name}"));
            if !files.iter().any(is_there) {
                missing.insert(format!("{document}: {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "files that are not there: {missing:#?}");
}
