//! A program written by hand that does not name its predictors as a constant.

use dashoptimize::include_prompt;
use dashoptimize::call::{CallError, Context};
use dashoptimize::module::{Module, ModuleExt, Predictor};

#[derive(Clone)]
struct ByHand(Predictor);

impl Module for ByHand {
    type Input = ();
    type Output = ();

    async fn forward(&self, _: &Context<'_>, (): ()) -> Result<(), CallError> {
        Ok(())
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.0]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.0]
    }
}

fn main() {
    let prompt = include_prompt!(ByHand, "prompt/triage.json");
    let program = |given: &ByHand| prompt.install(given).unwrap().state();
    let _ = program;
}
