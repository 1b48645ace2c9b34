//! The engine that runs optimizers: run folder, budget, scheduling, seeds, stop reasons, events.
//!
//! An optimizer implements [`Search`]: it proposes candidates and decides between them. Everything else
//! is done here. The optimizer asks its [`Study`] for evaluations and rollouts; the study schedules
//! them, keeps their results in order, and stops when the [`Budget`](crate::lm::Budget) is used up.
//!
//! A program can also be evaluated without an optimizer:
//!
//! ```
//! use dashoptimize::lm::{ChatRequest, Scripted};
//! use dashoptimize::prelude::*;
//!
//! /// Add the numbers.
//! #[signature]
//! struct Sum {
//!     #[input]
//!     a: i64,
//!     #[input]
//!     b: i64,
//!     #[output]
//!     sum: i64,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let always_four = Scripted::new(|_: &ChatRequest| "[[ ## sum ## ]]\n4");
//! let program = Predict::<Sum>::new(always_four);
//! let rows = [Sum { a: 1, b: 3, sum: 4 }, Sum { a: 2, b: 3, sum: 5 }];
//! let is_right = |gold: &Sum, found: &SumOutput| gold.sum == found.sum;
//!
//! let run = Run::in_memory().budget(Budget::calls(10));
//! let (evaluation, evaluated) = run.evaluate(&program, &rows, &is_right).await?;
//! assert_eq!(evaluation.measured.score(), Some(0.5));
//! let answers: Vec<Option<i64>> = evaluated
//!     .iter()
//!     .map(|row| row.output.as_ref().map(|output| output.sum))
//!     .collect();
//! assert_eq!(answers, [Some(4), Some(4)]);
//! # Ok(())
//! # }
//! ```

//!
//! # The files of a run
//!
//! A run with a [folder](Run::folder) leaves files for people, besides those that it needs to be resumed:
//!
//! - `report.txt`: what an optimization or evaluation found. Of an optimization it is what
//!   [`Optimized`] prints with `{:#}`: the verdict, what was run on what, all candidates, every change of a
//!   prompt.
//! - `artifact.json`: the tuned prompts, as [`Artifact`](crate::artifact::Artifact) reads them.
//! - `events.jsonl`: why each candidate and each proposal was let in or turned away, a line for each decision.
//! - `candidates/`: for each candidate that was run a file with its state.
//! - `results/`: for each evaluation a file of JSON lines and a text with the rows that are not right. The
//!   name of a file is the number of the candidate and the part of the data, or `rows` for an evaluation
//!   without an optimizer. `trials.jsonl` holds the runs that an optimizer asked for itself.
//!
//! Each line has the same keys: `row`, `origin` (`file:line`), `outcome`, `score` (the one that programs are
//! compared by, so that its mean is the score of the evaluation; null if the provider or the budget
//! failed), `inputs`, `gold`, `prediction`, `feedback`, `objectives`, `error`, `broken_checks`, `steps` (each
//! call of a predictor: its outputs, its reply, its error, what was repaired, and its inputs unless they
//! are those of the row), `calls`, `tokens`, `usd` and `seconds`. `prediction` is
//! [`Rollout::prediction`]. `seconds` is the time in this attempt at the run: a reply from the journal takes
//! none. Lines are in the order of the rows, except that rows which the provider failed are tried again at
//! the end and come last, and that a [race](Study::race) takes the rows in an order of its own. The files of a
//! candidate that a race stopped, in whose files rows are missing, are named `0007-val-stopped.jsonl` and so on.
//!
//! ## Lineage
//!
//! Each line of `events.jsonl` has these keys, in version 1:
//!
//! | key | what it is |
//! |---|---|
//! | `v` | the version, 1 |
//! | `n` | the number of the line, from 0 |
//! | `stage` | `stage 2` of an optimizer in a pipeline, otherwise null |
//! | `candidate` | the number of the candidate; null of a proposal, which has none |
//! | `state` | the hash of its state, or of the state that the proposal would make; null if there is none |
//! | `parents` | the numbers of the candidates that it is made of |
//! | `evidence` | the rows that the decision is made by, or that the proposer was shown: `part` and `rows` such as `0-9, 12` |
//! | `rule` | the name of the rule |
//! | `decision` | see below |
//! | `reason` | how the rule was met, in words |
//! | `texts` | the texts of a proposal, by component |
//!
//! | decision | by | what happened |
//! |---|---|---|
//! | `accepted` | the engine | a proposal keeps to the rules |
//! | `rejected` | the engine | a proposal does not; the rule is that of a [`Rejection`] |
//! | `admitted`, `rejected` | the optimizer | its [`Decision`] on a candidate |
//! | `measured` | the engine | the candidate was evaluated on the validation part |
//! | `chosen` | the engine | the search ended with this candidate |
//! | `installed`, `not_installed` | the engine | whether the result is used, by verdict or validation part |
//!
//! A file in `candidates/` has the number of the candidate as its name and the keys `v`, `candidate`, `origin`,
//! `state_id`, `parents`, `sources` (the training rows that its demos are made of) and `state`. Both are the
//! same at any concurrency and in any attempt at the run.
//!
//! # What is shown
//!
//! Only the inputs and outputs of a row are shown. A field of a signature with `#[skip]` and a field that serde
//! skips are in no file; neither are fields of a serde row that no predictor of the program names, even if
//! the metric uses them. A metric can say in its feedback what it compared.

mod admission;
mod candidate;
mod component;
mod conclusion;
mod differences;
mod dyn_search;
mod evaluate;
mod evaluated_row;
mod evaluation;
mod evaluation_report;
mod evaluator;
mod event;
mod evidence;
mod failures;
mod file_if_any;
mod folder;
mod folder_error;
mod history;
mod holdout;
mod known;
mod looks;
mod manifest;
mod models;
mod no_verdict;
mod optimize;
mod optimized;
mod optimizer;
mod own_answer;
mod past_scores;
mod plan;
mod proposal;
mod provenance;
mod race;
mod reasons;
mod remarks;
mod reserve;
mod result_line;
mod results_file;
mod rollout;
mod row_outcome;
mod run;
mod schedule;
mod search;
mod session;
mod shown_fields;
mod stage;
mod state_id;
mod stop;
mod study;
mod trial;
mod tuned;
mod wrong_rows;

pub use admission::Decision;
pub use candidate::{Candidate, DemoSource, Sources};
pub use component::Component;
pub use dyn_search::{DynOptimizer, DynSearch};
pub use evaluate::EvaluatedRows;
pub use evaluated_row::EvaluatedRow;
pub use evaluation::{Evaluation, Part, PartSizes};
pub(crate) use evaluation_report::EvaluationReport;
pub use event::{Event, Observer, SearchEvent};
pub use evidence::Evidence;
pub use folder_error::FolderError;
pub use no_verdict::NoVerdict;
pub use optimized::{HoldoutReport, OptimizeError, Optimized, Report, StoppedCandidate, Tried};
pub use optimizer::Optimizer;
pub use plan::{Forecast, Plan, PlanWarning, PlannedCalls, PlannedCost, Sizes};
pub use proposal::{Edit, ProposalRequest, ProposalRules, Rejection, Room};
pub use race::{Headroom, Race, Raced, Racing, SavedSpend, StoppedEvaluation};
pub use reasons::Reasons;
pub use rollout::Rollout;
pub use row_outcome::RowOutcome;
pub use run::{Install, Run};
pub use search::Search;
pub use stage::StageReport;
pub use state_id::StateId;
pub use stop::{Ended, Stop};
pub use study::Study;
pub use trial::Trial;

pub use crate::random::SeededRng;
