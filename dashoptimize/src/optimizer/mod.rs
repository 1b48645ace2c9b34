//! Optimizers: each decides what to try next, and leaves everything else to the [engine](crate::engine).
//!
//! # Running one
//!
//! An optimizer takes a metric, and improves a program on labelled data inside a [`Run`](crate::engine::Run):
//!
//! ```
//! use dashoptimize::lm::{ChatRequest, Scripted};
//! use dashoptimize::prelude::*;
//!
//! /// Name the opposite.
//! #[signature]
//! struct Opposite {
//!     #[input]
//!     word: String,
//!     #[output]
//!     opposite: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let row = |i| Opposite { word: format!("word{i}"), opposite: format!("drow{i}") };
//! let data = Dataset::from_vec((0..30).map(row).collect()).split(7, Ratio::new(40, 30, 30))?;
//! let program = Predict::<Opposite>::new(Scripted::new(|_: &ChatRequest| "[[ ## opposite ## ]]\nx"));
//! let is_right = |gold: &Opposite, found: &OppositeOutput| gold.opposite == found.opposite;
//! let run = Run::in_memory().budget(Budget::calls(200));
//! let tuned = LabeledFewShot::new(is_right).optimize(&program, &data, &run).await?;
//! println!("{tuned}");
//! # Ok(())
//! # }
//! ```
//!
//! # Before the first call
//!
//! `optimizer.plan(&program, &data, &run)` says what a run takes, without a call: proposals, rollouts, calls by purpose,
//! tokens, dollars and minutes, from the least to the most, the smallest difference that the hold-out can show, and what
//! speaks against starting it. See [`Plan`](crate::engine::Plan). An optimizer of your own states what it takes by
//! [`Search::forecast`]; otherwise nothing is known of it.
//!
//! # Which one, when
//!
//! | optimizer | what it does | use it for |
//! |---|---|---|
//! | [`LabeledFewShot`] | shows labelled rows | the cheapest baseline: it calls the model only to evaluate |
//! | [`BootstrapFewShot`] | shows successful runs of the program itself | a quick baseline, and a cold start with few labelled rows |
//! | [`RandomSearch`] | compares no demos, labelled rows, and several sets of bootstrapped demos | a baseline to compare with, an ablation, and a cheap check before an optimizer that costs more |
//! | [`KNNFewShot`] | shows for each input the most similar rows | tasks in which the right answer resembles that of similar inputs |
//! | [`COPRO`] | lets a model propose instructions and labels, and shows it how well earlier ones did | the simplest search of instructions, when demos are not enough |
//! | [`InferRules`] | adds rules to the instructions that a model infers from the training rows | tasks with rules that are written down nowhere |
//! | [`GEPA`] | lets a model reflect on runs and their feedback, and keeps the programs that are best on different rows | tasks with rules that no example shows, if the metric says in words what is wrong |
//! | [`Racer`] | tries a few demo sets, then instructions for what still fails; whatever is worse costs few rows | instructions and demos where calls cost money or time |
//! | [`MIPROv2`] | lets a model propose instructions, and searches them jointly with sets of demos | the best quality, in programs of one or several predictors, if there are some 50 validation rows or more |
//! | [`SIMBA`] | adds demos and rules where runs of the same row differ | programs that are sometimes right, and to find out what they get wrong |
//! | [`GraphOptimizer`] | runs an optimizer on one predictor after the other, or on all at once, and judges the whole program | programs of several steps |
//! | [`BetterTogether`] | runs several optimizers one after the other | a second optimizer that builds upon what the first one found |
//!
//! [`Ensemble`](crate::module::Ensemble) combines programs that were optimized differently: their vote is more
//! robust and varies less than the answer of one of them, at the cost of all of them.
//!
//! Start with `BootstrapFewShot`, which chooses demos; to improve instructions, continue with `COPRO`, or with
//! `GEPA` if there is feedback in words. `MIPROv2` does both at once, for more calls.
//!
//! # Writing one
//!
//! An optimizer implements [`Search`] for the programs that it can improve. It works with a
//! [`Study`](crate::engine::Study):
//! it makes candidates of states, has them evaluated, and returns the best. With a field for the metric
//! and [`Optimizer`] it can be run, and with [`Stage`] it can be a stage of a pipeline.
//!
//! ```
//! use dashoptimize::engine::{Candidate, Stop, Study};
//! use dashoptimize::evaluate::{Example, Metric};
//! use dashoptimize::optimizer::{NoMetric, Optimizer, Search, Stage};
//! use dashoptimize::module::{Module, ModuleExt};
//! use serde::Serialize;
//! use serde_json::{Value, json};
//!
//! /// Tries several instructions for all predictors.
//! #[derive(Serialize)]
//! struct TryInstructions<X = NoMetric> {
//!     #[serde(skip)]
//!     metric: X,
//!     instructions: Vec<String>,
//! }
//!
//! impl<M, E, X> Search<M, E> for TryInstructions<X>
//! where
//!     M: Module,
//!     E: Example<M::Input>,
//!     X: Send + Sync,
//! {
//!     fn name(&self) -> &'static str {
//!         "TryInstructions"
//!     }
//!
//!     fn settings(&self) -> Value {
//!         json!(self)
//!     }
//!
//!     async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
//!         let states = self.instructions.iter().map(|instructions| {
//!             let mut state = study.student().state();
//!             for predictor in state.predictors.values_mut() {
//!                 predictor.instructions = Some(instructions.clone());
//!             }
//!             (format!("told: {instructions}"), state)
//!         });
//!         let candidates = study.candidates(&states.collect::<Vec<_>>())?;
//!         study.evaluate_all(&candidates).await?;
//!         Ok(study.best().unwrap_or_else(|| study.base().clone()))
//!     }
//! }
//!
//! impl<M, E, X> Optimizer<M, E> for TryInstructions<X>
//! where
//!     M: Module,
//!     E: Example<M::Input>,
//!     X: Metric<E, M::Output>,
//! {
//!     fn metric(&self) -> &dyn Metric<E, M::Output> {
//!         &self.metric
//!     }
//! }
//!
//! impl Stage for TryInstructions {
//!     type Own = Self;
//!
//!     fn stage() -> Self {
//!         Self {
//!             metric: NoMetric,
//!             instructions: vec!["Answer in one word.".to_owned()],
//!         }
//!     }
//! }
//! ```

mod better_together;
mod bootstrap;
mod bootstrap_few_shot;
mod copro;
mod gepa;
mod graph_optimizer;
mod infer_rules;
mod knn_few_shot;
mod labeled_few_shot;
mod labelled_rows;
pub mod mipro_v2;
mod pipeline_metric;
mod program_text;
mod proposer;
mod racer;
mod random_search;
pub mod simba;
mod stage;
pub mod tpe;
mod training_runs;

pub use better_together::{BetterTogether, Stages, Then};
pub use bootstrap_few_shot::BootstrapFewShot;
pub use copro::{
    COPRO, ProposeInstruction, ProposeInstructionInput, ProposeInstructionOutput,
    RefineInstruction, RefineInstructionInput, RefineInstructionOutput,
};
pub use gepa::{
    Acceptance, AutoBudget, ComponentChoice, ComponentSelector, Frontier, GEPA, GepaNews,
    GepaProgress, ParentSelection, ReviseText, ReviseTextInput, ReviseTextOutput,
};
pub use graph_optimizer::{DefaultInner, GraphNews, GraphOptimizer, OptimizationStrategy};
pub use infer_rules::{InduceRules, InduceRulesInput, InduceRulesOutput, InferRules};
pub use knn_few_shot::{Compare, Embedded, KNNFewShot, Lexical};
pub use labeled_few_shot::{LabeledFewShot, SamplingStrategy};
pub use labelled_rows::RowsLackInputs;
pub use mipro_v2::{MIPROv2, MIPROv2Mode};
pub use pipeline_metric::{GivenMetric, PipelineMetric};
pub use racer::{MendInstruction, MendInstructionInput, MendInstructionOutput, Racer, RacerNews};
pub use random_search::RandomSearch;
pub use simba::{SIMBA, SIMBAStrategy};
pub use stage::{NoMetric, Stage};
pub use training_runs::TrainingRunsPassed;

pub use crate::engine::{
    DynOptimizer, DynSearch, HoldoutReport, OptimizeError, Optimized, Optimizer, Report, Search,
    Tried,
};
