//! Tuned prompts as files: small, readable in a pull request, and loaded whole or not at all.
//!
//! An [`Artifact`] holds what an optimizer may change of a program and nothing else. It is data: it
//! has no place for an address, a key or code. When it is installed, every predictor's signature is
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
mod file;
pub(crate) mod fit;
mod persist;
mod prompt;
mod prose;
mod provenance;
mod schema;
mod stored;

pub use diff::{Diff, Edit, PredictorDiff};
pub use error::{ArtifactError, Misfit};
pub use persist::Persist;
pub use prompt::Prompt;
pub use provenance::{Provenance, Spent};

use std::path::{Path, PathBuf};

use self::stored::Content;
use crate::module::{Module, ModuleExt};
use crate::state::State;

/// The format that this version writes, and the only one that it reads.
const FORMAT: u32 = 1;

/// The tuned prompts of one program, as they stand in a file.
///
/// Equal artifacts are equal files, byte for byte: keys are sorted, and there is no time stamp.
#[derive(Clone, Debug)]
pub struct Artifact {
    content: Content,
    /// Where it was read from, for messages.
    origin: Option<PathBuf>,
}

impl Artifact {
    /// The prompts of this program, as they stand.
    pub fn of<M: Module>(program: &M) -> Self {
        Self {
            content: Content::of(program),
            origin: None,
        }
    }

    /// Adds where the prompts come from and what they were measured to be worth. Default: nothing is
    /// said.
    #[must_use]
    pub fn with_provenance(mut self, provenance: Provenance) -> Self {
        self.content.provenance = Some(provenance);
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, is no artifact, or is of another format version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ArtifactError> {
        let path = path.as_ref();
        let text = file::read(path)?;
        Ok(Self {
            content: Content::parse(&text, &path.display().to_string())?,
            origin: Some(path.to_owned()),
        })
    }

    /// Reads the text of a file that lies at `origin`; `include_prompt!` reads files this way.
    ///
    /// # Errors
    ///
    /// Where the text is no artifact or is of another format version.
    pub fn from_text(text: &str, origin: impl AsRef<Path>) -> Result<Self, ArtifactError> {
        let origin = origin.as_ref();
        Ok(Self {
            content: Content::parse(text, &origin.display().to_string())?,
            origin: Some(origin.to_owned()),
        })
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.content.to_text()
    }

    /// Writes the file, whole or not at all: an older file of that name stays until the new one is
    /// complete. Missing folders are made.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written, or would not read back as it is (a temperature that is not
    /// a number).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ArtifactError> {
        let path = path.as_ref();
        let text = self.to_text();
        let origin = path.display().to_string();
        if Content::parse(&text, &origin).ok().as_ref() != Some(&self.content) {
            return Err(ArtifactError::Unsavable { origin });
        }
        file::write(path, &text)
    }

    /// The program with these prompts, whole or not at all; the program given in is not changed.
    ///
    /// What the file says of instructions, fields, demos and parameters takes the place of all that
    /// the program had of them. The model and the number of repairs stay the program's.
    ///
    /// # Errors
    ///
    /// [`ArtifactError::Misfit`] with everything that does not fit: predictors that the file or the
    /// program lacks, fields that were renamed, removed or given another type, another adapter, demos
    /// that no longer decode.
    pub fn install<M: Module>(&self, program: &M) -> Result<M, ArtifactError> {
        let predictors = program.predictors();
        let misfits = fit::misfits(&self.content.predictors, &predictors);
        if !misfits.is_empty() {
            return Err(self.misfit(misfits));
        }
        program.with_state(&self.state()).map_err(|error| {
            // `misfits` looks for all that can be wrong with a state, so this is a second net.
            self.misfit(vec![Misfit {
                predictor: "?".to_owned(),
                problem: error.to_string(),
            }])
        })
    }

    /// What the file says of instructions, fields, demos and parameters.
    #[must_use]
    pub fn state(&self) -> State {
        self.content.state()
    }

    /// Name of the program's type.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.content.program
    }

    /// Where the prompts come from, where the file says.
    #[must_use]
    pub const fn provenance(&self) -> Option<&Provenance> {
        self.content.provenance.as_ref()
    }

    fn misfit(&self, misfits: Vec<Misfit>) -> ArtifactError {
        ArtifactError::Misfit {
            origin: match &self.origin {
                Some(path) => path.display().to_string(),
                None => "the artifact".to_owned(),
            },
            misfits,
        }
    }
}

/// Where an artifact was read from does not matter.
impl PartialEq for Artifact {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}
