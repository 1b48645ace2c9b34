//! A program of parts, nested ones too: each predictor has the path of its part. The call stands in a
//! `static`, in a function, and in a `macro_rules!`.

use dashoptimize::artifact::{Artifact, Prompt};
use dashoptimize::lm::{Lm, Scripted};
use dashoptimize::call::{CallError, Context};
use dashoptimize::module::{FromLm, Module, ModuleExt, Predictor, Shape};
use dashoptimize::{include_prompt, module, signature};

/// Write a query.
#[signature]
struct WriteQuery {
    #[input]
    question: String,
    #[output]
    query: String,
}

/// Answer.
#[signature]
struct Answer {
    #[input]
    notes: Vec<String>,
    #[output]
    answer: String,
}

module!(
    type Query = Predict<WriteQuery>;
    type Respond = ChainOfThought<Answer>;
);

macro_rules! program {
    ($Name:ident = $first:literal: $A:ty, $second:literal: $B:ty) => {
        #[derive(Clone)]
        struct $Name($A, $B);

        impl FromLm for $Name {
            fn from_lm(lm: Lm) -> Self {
                let mut program = Self(<$A>::from_lm(lm.clone()), <$B>::from_lm(lm));
                program.0 = program.0.under($first);
                program.1 = program.1.under($second);
                program
            }
        }

        impl Module for $Name {
            type Input = ();
            type Output = ();

            const SHAPE: Shape = Shape::Parts(&[
                ($first, <$A as Module>::SHAPE),
                ($second, <$B as Module>::SHAPE),
            ]);

            async fn forward(&self, _: &Context<'_>, (): ()) -> Result<(), CallError> {
                Ok(())
            }

            fn predictors(&self) -> Vec<&Predictor> {
                let mut all = self.0.predictors();
                all.extend(self.1.predictors());
                all
            }

            fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
                let mut all = self.0.predictors_mut();
                all.extend(self.1.predictors_mut());
                all
            }
        }
    };
}

program!(Rag = "query": Query, "answer": Respond);
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
