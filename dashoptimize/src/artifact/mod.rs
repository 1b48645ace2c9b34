//! Tuned prompts as files: small, readable in a pull request, and loaded completely or not at all.
//!
//! An [`Artifact`] holds what an optimizer may change of a program and nothing else. It is data: it
//! cannot hold an address, a key or code. When it is installed, the signature of every predictor is
//! compared with the one that the prompts were tuned for.
//!
//! ```
//! use dashoptimize::lm::Scripted;
//! use dashoptimize::artifact::Persist;
//! use dashoptimize::module::{LLMNode, ModuleExt};
//! use dashoptimize::signature::make_signature;
//! # #[derive(Clone, serde::Serialize, serde::Deserialize)]
//! # struct Qa { question: String, answer: String }
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("qa.json");
//!
//! let lm = Scripted::replies(["4"]);
//! let signature = make_signature("question -> answer", "Answer concisely.")?;
//! let program = LLMNode::<Qa>::new(signature, lm, "qa");
//! program.save(&path)?;
//! let same = program.clone().load(&path)?;
//! assert_eq!(same.state(), program.state());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod diff;
mod error;
pub(crate) mod file;
pub(crate) mod fit;
mod format;
mod persist;
mod prompt;
mod prose;
mod provenance;
mod schema;
mod stored;
mod tuned_prompts;

pub use diff::{Diff, Edit, PredictorDiff, PromptChange};
pub use error::{ArtifactError, Misfit};
pub use persist::Persist;
pub use prompt::Prompt;
pub use provenance::Provenance;
pub use tuned_prompts::Artifact;
