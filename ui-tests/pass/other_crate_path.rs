//! `crate = …` says where the runtime is, for crates that hand it on.

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

fn main() {
    use dashoptimize::signature::Signature;
    assert_eq!(Qa::SPEC.name, "Qa");
    let _ = [Answer::Yes, Answer::No];
}
