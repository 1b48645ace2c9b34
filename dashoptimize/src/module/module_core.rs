//! `ModuleCore`: what a module over a signature does, below the types of the signature.

use std::fmt::Debug;

use serde_json::Value;

use super::Predictor;
use super::pipeline::{Boxed, SlotCell, StepFuture};
use crate::call::{CallError, CallsPerRun, Context};
use crate::lm::{BoxFuture, Message};
use crate::signature::{SignatureSpec, ValueError};

/// What a module over a signature does, below the types of the signature: it maps the values of the
/// inputs to the values of the outputs, both in the order of the signature's fields.
///
/// A core does not depend on a signature type, so it is compiled once and not again in each crate that
/// has a signature. The simplest core is a [`Predictor`].
pub trait ModuleCore: Debug + Send + Sync + 'static {
    /// The fields whose values it takes and gives: those of the signature, and the outputs that the
    /// module adds.
    fn spec(&self) -> &SignatureSpec;

    /// Runs the module inside a context.
    ///
    /// # Errors
    ///
    /// As [`Module::forward`](super::Module::forward).
    fn call_values<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>>;

    /// The messages of the first call for these inputs, exactly as it is sent. Nothing is called; where
    /// the call would fail before it sends anything, there are no messages.
    ///
    /// Default: the messages of the first predictor, given the inputs as they are.
    fn render_values(&self, inputs: Vec<Value>) -> Vec<Message> {
        let predictors = self.predictors();
        let first = predictors.first();
        first.map_or_else(Vec::new, |first| first.render(&inputs))
    }

    /// How many calls of models one run makes. By default one if there is one predictor, and otherwise it is not
    /// known.
    fn calls_per_run(&self) -> CallsPerRun {
        match self.predictors().len() {
            1 => CallsPerRun::ONE,
            _ => CallsPerRun::UNKNOWN,
        }
    }

    /// All predictors, in the order in which the module first calls them.
    fn predictors(&self) -> Vec<&Predictor>;

    /// The same predictors in the same order, to be changed.
    fn predictors_mut(&mut self) -> Vec<&mut Predictor>;
}

impl ModuleCore for Predictor {
    fn spec(&self) -> &SignatureSpec {
        self.spec()
    }

    fn call_values<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>> {
        self.call(context, inputs)
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![self]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![self]
    }
}

/// Runs a core and reads its values as a typed output.
pub(crate) async fn forward_typed<O>(
    core: &dyn ModuleCore,
    context: &Context<'_>,
    inputs: Vec<Value>,
    read: fn(Vec<Value>) -> Result<O, ValueError>,
) -> Result<O, CallError> {
    let values = core.call_values(context, inputs).await?;
    read(values).map_err(|error| unread(core, &error))
}

/// Starts a step of a pipeline that runs a core: it fills the slot with what `read` makes of the values.
pub(crate) fn start_typed<'a>(
    core: &'a dyn ModuleCore,
    context: &'a Context<'a>,
    index: u32,
    inputs: Vec<Value>,
    read: fn(Vec<Value>) -> Result<Boxed, ValueError>,
    cell: &'a SlotCell,
) -> StepFuture<'a> {
    Box::pin(async move {
        let context = context.child(index);
        let values = core.call_values(&context, inputs).await?;
        cell.put(read(values).map_err(|error| unread(core, &error))?);
        Ok(())
    })
}

/// The error of a core whose values have other types than the output of its module.
fn unread(core: &dyn ModuleCore, error: &ValueError) -> CallError {
    match core.predictors().last() {
        Some(predictor) => predictor.unfit(error),
        None => CallError::program(error.to_string()),
    }
}
