use dashoptimize::lm::Lm;
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

program!(Rag = "query": Query, "respond": Respond);

fn main() {
    let prompt = include_prompt!(Rag, "prompt/rag.json");
    let program = |lm: Lm| prompt.program(lm).unwrap().state();
    let _ = program;
}
