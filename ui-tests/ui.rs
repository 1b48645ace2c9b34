//! What the compiler says to users. One folder a test; one mistake a file, named by the mistake.
//!
//! Each file also uses the broken item: what follows from a mistake is no second error.
//! `TRYBUILD=overwrite` writes the answers anew; read them before they are kept.

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
fn tool() {
    fails("tool");
}

#[test]
fn pass() {
    trybuild::TestCases::new().pass("pass/*.rs");
}
