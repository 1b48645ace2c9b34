//! A program of parts, nested ones too: each predictor has the path of its part. The macro is called in
//! a `static`, in a function, and in a `macro_rules!`.

include!("../fixtures/rag.rs");

use dashoptimize::artifact::Prompt;
use dashoptimize::lm::Scripted;

program!(Twice = "once": Rag, "again": Respond);

static RAG: Prompt<Rag> = include_prompt!(Rag, "prompt/rag.json");

macro_rules! prompt {
    ($program:ty, $path:literal) => {
        include_prompt!($program, $path)
    };
}

fn main() {
    let lm = Lm::new(Scripted::replies(["never asked"]));
    let rag = RAG.program(&lm).unwrap();
    let paths: Vec<&str> = rag.predictors().iter().map(|p| p.path()).collect();
    assert_eq!(paths, ["query", "answer"]);
    assert_eq!(RAG.text(), Artifact::of(&rag).to_text());
    assert_eq!(prompt!(Rag, "prompt/rag.json").text(), RAG.text());

    let twice = include_prompt!(crate::Twice, "prompt/twice.json",);
    let program = twice.program(&lm).unwrap();
    let paths: Vec<&str> = program.predictors().iter().map(|p| p.path()).collect();
    assert_eq!(paths, ["once.query", "once.answer", "again"]);
    assert_eq!(twice.text(), Artifact::of(&program).to_text());
}
