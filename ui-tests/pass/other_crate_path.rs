//! `crate = …` says where the runtime is, for crates that re-export it.

mod reexport {
    pub use dashoptimize as core;
}

#[reexport::core::signature(crate = crate::reexport::core)]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: Answer,
}

#[derive(Clone, Debug, reexport::core::FieldType)]
#[field(crate = crate::reexport::core)]
enum Answer {
    Yes,
    No,
}

/// Asks.
#[reexport::core::tool(crate = crate::reexport::core)]
fn ask(question: String, wanted: Option<Answer>) -> bool {
    question.is_empty() && wanted.is_none()
}

fn main() {
    assert_eq!(dashoptimize::tool::of::<ask>().spec().name, "ask");
    use dashoptimize::signature::Signature;
    assert_eq!(Qa::SPEC.name, "Qa");
    let _ = [Answer::Yes, Answer::No];
}
