//! What the compiler says to users. One folder a test; one mistake a file, named by the mistake.
//!
//! Each file also uses the broken item: what follows from a mistake is no second error.
//! `TRYBUILD=overwrite` writes the answers anew; read them before they are kept.

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
fn tool() {
    fails("tool");
}

#[test]
fn pass() {
    bring_prompts();
    trybuild::TestCases::new().pass("pass/*.rs");
}

/// Copies the prompts to where they are looked for: `include_prompt!` starts at the folder of
/// `Cargo.toml`, and trybuild compiles the cases as a crate of its own.
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
