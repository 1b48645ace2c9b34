//! What the compiler says to users.
//!
//! Each folder is one test. A file in it is named after a rule and holds the mistakes against that rule, each
//! in an item (or a field) that is named after the mistake. It also uses these items: what follows from a
//! mistake must not be a second error. What several files need is in `fixtures/`, which they `include!`.
//!
//! To add a case, write the mistake into the file of its rule, or into a new file. The compiler may be silent
//! about later phases once an earlier one has failed: a name that does not resolve hides behind an error of a
//! macro, and a lint behind any error, so these are in files of their own.
//! Then run `TRYBUILD=overwrite cargo test -p ui-tests --test ui -- FOLDER`, which writes the `.stderr` files,
//! and read their diff before you commit it.

mod messages;

use std::fs;
use std::path::Path;

fn fails(folder: &str) {
    trybuild::TestCases::new().compile_fail(format!("{folder}/*.rs"));
}

#[test]
fn signature() {
    fails("signature");
}

#[test]
fn types() {
    fails("types");
}

#[test]
fn module() {
    fails("module");
}

#[test]
fn optimizer() {
    fails("optimizer");
}

#[test]
fn pipeline() {
    fails("pipeline");
}

#[test]
fn prompt() {
    bring_prompts();
    fails("prompt");
}

#[test]
fn state_graph() {
    fails("state_graph");
}

#[test]
fn tool() {
    fails("tool");
}

#[test]
fn pass() {
    bring_prompts();
    trybuild::TestCases::new().pass("pass/*.rs");
}

/// Programs as they are written from memory of ordinary Rust, run on scripted models.
#[test]
fn programs() {
    trybuild::TestCases::new().pass("pass/programs/*.rs");
}

/// Copies the prompts to where `include_prompt!` looks for them: its paths start at the folder of
/// `Cargo.toml`, and trybuild compiles the cases as a crate in another folder.
fn bring_prompts() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let target = target.expect("the folder is in the target folder");
    let folder = target.join("tests/trybuild/ui-tests/prompt");
    fs::create_dir_all(&folder).expect("the target folder can be written to");
    for entry in fs::read_dir("prompt").expect("cargo runs tests in the folder of their crate") {
        let path = entry.expect("the folder can be read").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = path.file_name().expect("a file has a name");
            fs::copy(&path, folder.join(name)).expect("the target folder can be written to");
        }
    }
}
