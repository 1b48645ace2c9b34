//! The tuned prompts of one program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::diff::PromptChange;
use super::error::{ArtifactError, Misfit};
use super::provenance::Provenance;
use super::stored::ArtifactContent;
use super::{file, fit};
use crate::module::{Module, ModuleExt};
use crate::state::State;

/// The tuned prompts of one program, as a file holds them.
///
/// Equal artifacts are equal files, byte for byte: keys are sorted, and there is no time stamp.
#[derive(Clone, Debug)]
pub struct Artifact {
    content: ArtifactContent,
    /// The file that it was read from, for messages.
    origin: Option<PathBuf>,
}

impl Artifact {
    /// The current prompts of this program.
    pub fn of<M: Module>(program: &M) -> Self {
        Self {
            content: ArtifactContent::of(program),
            origin: None,
        }
    }

    /// Adds where the prompts come from and what was measured of them. Not set by default.
    #[must_use]
    pub fn with_provenance(mut self, provenance: Provenance) -> Self {
        self.content.provenance = Some(provenance);
        self
    }

    /// Adds where demos come from, by path of the predictor and in the order of the demos.
    pub(crate) fn with_demo_origins(
        mut self,
        origins: &BTreeMap<String, Vec<Option<String>>>,
    ) -> Self {
        for (path, origins) in origins {
            let stored = self.content.predictors.get_mut(path);
            let demos = stored.into_iter().flat_map(|stored| &mut stored.demos);
            for (demo, origin) in demos.zip(origins) {
                demo.origin.clone_from(origin);
            }
        }
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is not an artifact, or has another format version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ArtifactError> {
        let path = path.as_ref();
        let text = file::read(path)?;
        Ok(Self {
            content: ArtifactContent::parse(&text, &path.display().to_string())?,
            origin: Some(path.to_owned()),
        })
    }

    /// Reads the text of a file that lies at `origin`; `include_prompt!` reads files this way.
    ///
    /// # Errors
    ///
    /// If the text is not an artifact or has another format version.
    pub fn from_text(text: &str, origin: impl AsRef<Path>) -> Result<Self, ArtifactError> {
        let origin = origin.as_ref();
        Ok(Self {
            content: ArtifactContent::parse(text, &origin.display().to_string())?,
            origin: Some(origin.to_owned()),
        })
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.content.to_text()
    }

    /// Writes the file, completely or not at all: an older file with this name stays until the new one
    /// is complete. Missing folders are made.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or would not read back as it is (a temperature that is not a
    /// number).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ArtifactError> {
        let path = path.as_ref();
        let text = self.to_text();
        let origin = path.display().to_string();
        if ArtifactContent::parse(&text, &origin).ok().as_ref() != Some(&self.content) {
            return Err(ArtifactError::Unsavable { origin });
        }
        file::write(path, &text)
    }

    /// The program with these prompts, all of them or none. The given program is not changed.
    ///
    /// The instructions, fields, demos and parameters of the file replace those of the program. The
    /// model and the number of repairs remain the program's.
    ///
    /// # Errors
    ///
    /// [`ArtifactError::Misfit`] with everything that does not fit: predictors that the file or the
    /// program lacks, fields that were renamed, removed or given another type, another adapter, and
    /// demos that no longer decode.
    pub fn install<M: Module>(&self, program: &M) -> Result<M, ArtifactError> {
        let predictors = program.predictors();
        let misfits = fit::misfits(&self.content.predictors, &predictors);
        if !misfits.is_empty() {
            return Err(self.misfit(misfits));
        }
        program.with_state(&self.state()).map_err(|error| {
            // `misfits` looks for everything that can be wrong with a state; this is a second check.
            self.misfit(vec![Misfit::new("?", error.to_string())])
        })
    }

    /// How the prompts of this program, with what the file holds, differ from the prompts that are in the
    /// file: a changed doc comment, a reworded variant, another version of the adapter.
    ///
    /// A file also holds the constant prompt of each predictor, so that a review sees its words. Loading
    /// does not compare them, because a corrected comment must not make a tuned prompt unusable. A test
    /// that calls this method says when it is time to tune again.
    ///
    /// # Errors
    ///
    /// As [`install`](Self::install).
    pub fn changed_prompts<M: Module>(
        &self,
        program: &M,
    ) -> Result<Vec<PromptChange>, ArtifactError> {
        let program = self.install(program)?;
        let predictors = program.predictors().into_iter();
        let changes = predictors.filter_map(|predictor| {
            let stored = self.content.predictors.get(predictor.path())?;
            PromptChange::between(predictor, &stored.prompt.as_ref()?.0)
        });
        Ok(changes.collect())
    }

    /// The instructions, fields, demos and parameters.
    #[must_use]
    pub fn state(&self) -> State {
        self.content.state()
    }

    /// The name of the program's type.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.content.program
    }

    /// Where the prompts come from, if the file says so.
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

/// The file that an artifact was read from does not matter.
impl PartialEq for Artifact {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}
