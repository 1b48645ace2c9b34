//! Programs that save and load their prompts.

use std::path::Path;

use super::error::ArtifactError;
use super::tuned_prompts::Artifact;
use crate::module::Module;

/// Saves the prompts of a program to a file, and loads them. Every [`Module`] has it.
pub trait Persist: Module {
    /// Writes the prompts of the program to a file; see [`Artifact`].
    ///
    /// A program does not know where its prompts come from, so the file says `"provenance": null`. After an
    /// optimization, use [`Optimized::save`](crate::engine::Optimized::save), which writes the data, the
    /// models and the verdict as well.
    ///
    /// # Errors
    ///
    /// As [`Artifact::save`].
    fn save(&self, path: impl AsRef<Path>) -> Result<(), ArtifactError> {
        Artifact::of(self).save(path)
    }

    /// The program with the prompts of a file, all of them or none; see [`Artifact::install`].
    ///
    /// The instructions, fields, demos and parameters of the file replace those of the program. So set
    /// your own temperature after loading, and an adapter before.
    ///
    /// # Errors
    ///
    /// As [`Artifact::open`] and [`Artifact::install`].
    fn load(self, path: impl AsRef<Path>) -> Result<Self, ArtifactError> {
        Artifact::open(path)?.install(&self)
    }
}

impl<M: Module> Persist for M {}
