//! `Module`: what every program implements.

use std::future::Future;

use super::calls_of_graph::calls_of_graph;
use super::pipeline::{Slot, StepFuture, slot_value};
use super::{Predictor, Shape};
use crate::call::{CallError, CallsPerRun, Context};
use crate::graph::Graph;

/// A program: typed input to typed output, by calls to models.
///
/// Three methods make one: [`forward`](Self::forward), [`predictors`](Self::predictors) and
/// [`predictors_mut`](Self::predictors_mut). Everything else that a program can do, such as
/// [`call`](super::ModuleExt::call), comes from [`ModuleExt`](super::ModuleExt).
///
/// Cloning is cheap: prompts and models are shared. Nothing in a program changes while it is called, so
/// one program can serve any number of calls at the same time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a module",
    label = "this type cannot be called with an input",
    note = "name a module with `module!`, wire one with `pipeline!`, or implement `dashoptimize::module::Module`",
    note = "in a pipeline, a struct is written in parentheses: `({Self} {{ … }})`"
)]
pub trait Module: Clone + Send + Sync + 'static {
    /// The input of the program.
    type Input: Send + 'static;
    /// The output of the program.
    type Output: Send + Sync + 'static;

    /// The predictors of the program, as far as they are known before it runs. `include_prompt!` checks
    /// stored prompts against them. Default: unknown.
    const SHAPE: Shape = Shape::Unknown;

    /// The graph of the program, if it has one. Default: none.
    const GRAPH: Option<&'static Graph> = None;

    /// Runs the program inside a context, which holds the gateway, the purpose of the calls and the
    /// trace.
    ///
    /// # Errors
    ///
    /// The first [`CallError`], with the predictor that it came from.
    fn forward(
        &self,
        context: &Context<'_>,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, CallError>> + Send;

    /// All predictors, in the order in which the program first calls them. No two have the same path.
    fn predictors(&self) -> Vec<&Predictor>;

    /// The same predictors in the same order, to be changed.
    fn predictors_mut(&mut self) -> Vec<&mut Predictor>;

    /// The graph of the program, if it has one. Default: [`GRAPH`](Self::GRAPH).
    fn graph(&self) -> Option<&'static Graph> {
        Self::GRAPH
    }

    /// How many calls of models one run makes, for the [plan](crate::engine::Plan) of an optimization. By default
    /// it is read off [`GRAPH`](Self::GRAPH), if there is one, and otherwise it is not known: a module that is
    /// written by hand may state it.
    fn calls_per_run(&self) -> CallsPerRun {
        Self::GRAPH.map_or(CallsPerRun::UNKNOWN, calls_of_graph)
    }

    /// See [`ModuleExt::under`](super::ModuleExt::under). Overridden only by modules whose `SHAPE` does
    /// not say how they take a name, and by those that keep their path themselves.
    #[doc(hidden)]
    fn __set_path(&mut self, path: &str) {
        for predictor in self.predictors_mut() {
            predictor.put_under(path, Self::SHAPE.takes_name());
        }
    }

    /// A call as step `index` of a block in a pipeline: it fills a slot. Overridden by modules over a
    /// signature, so that the step is compiled once and not with each signature.
    #[doc(hidden)]
    fn __start<'a>(
        &'a self,
        context: &'a Context<'a>,
        index: u32,
        input: Self::Input,
        slot: &'a Slot<Self::Output>,
    ) -> StepFuture<'a> {
        Box::pin(async move {
            let output = self.forward(&context.child(index), input).await?;
            slot.put(slot_value(output));
            Ok(())
        })
    }
}
