//! The structure of the project: imports point down the floors of `docs/architecture.md`, no files import each
//! other in a circle, and documents name what exists.

mod documents;
mod errors;
mod optimizers;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use self::source::Library;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The folders and files of the top level that stand above all floors: what expansions reach, and what
/// users import.
const ABOVE: [&str; 3] = ["lib", "prelude", "private"];

/// The floors in `docs/architecture.md`, lowest first: the first cells of the table under `## Floors`.
fn floors() -> Vec<String> {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/architecture.md")).unwrap();
    let (_, section) = page.split_once("\n## Floors\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let names = section.lines().filter_map(|line| {
        let cell = line.strip_prefix("| `")?.split('`').next()?;
        Some(
            cell.trim_end_matches('/')
                .trim_end_matches(".rs")
                .to_owned(),
        )
    });
    names.collect()
}

fn library() -> Library {
    Library::read(&Path::new(ROOT).join("dashoptimize/src"))
}

#[test]
fn every_folder_is_a_floor() {
    let known: BTreeSet<_> = floors().into_iter().collect();
    let above = ABOVE.map(str::to_owned);
    let found: BTreeSet<_> = library().files().map(|file| file.floor()).collect();
    let found: BTreeSet<_> = found.difference(&above.into()).cloned().collect();
    assert_eq!(
        found, known,
        "the folders of the library, and the floors that the page names"
    );
}

#[test]
fn imports_point_down() {
    let library = library();
    let order: BTreeMap<_, _> = floors().into_iter().zip(0..).collect();
    // What is not a floor, such as `private`, stands above all of them.
    let height = |floor: &str| order.get(floor).copied().unwrap_or(usize::MAX);
    let mut wrong = BTreeSet::new();
    for file in library
        .files()
        .filter(|file| !ABOVE.contains(&&*file.floor()))
    {
        let below = height(&file.floor());
        let imported = file.imported_floors().into_iter();
        // `lib.rs` names the folder `private` with underscores; a macro of the crate has no floor.
        let imported = imported.map(|name| name.trim_start_matches('_').to_owned());
        for floor in imported.filter(|name| *name != file.floor() && library.has_floor(name)) {
            if height(&floor) >= below {
                wrong.insert(format!("{} imports `{floor}`", file.path()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point up: {wrong:#?}");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    for source in ["dashoptimize/src", "dashoptimize-macros/src"] {
        let circles = Library::read(&Path::new(ROOT).join(source)).circles();
        assert!(
            circles.is_empty(),
            "files of {source} that import each other: {circles:#?}"
        );
    }
}
