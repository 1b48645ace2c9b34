//! A file that is compiled into the program and was checked at compile time.

use std::fmt;
use std::marker::PhantomData;

use super::error::ArtifactError;
use super::tuned_prompts::Artifact;
use crate::lm::Lm;
use crate::module::{FromLm, Module};

/// The tuned prompts of a program `M`, as [`include_prompt!`](crate::include_prompt) compiles them in.
/// They were checked against the types of `M` at compile time, so only what types do not express can
/// still be wrong: the adapter, and how many attempts a module compares.
pub struct Prompt<M> {
    origin: &'static str,
    text: &'static str,
    program: PhantomData<fn() -> M>,
}

impl<M> Prompt<M> {
    pub(crate) const fn new(origin: &'static str, text: &'static str) -> Self {
        Self {
            origin,
            text,
            program: PhantomData,
        }
    }

    /// The path of the file, as it is written in the source.
    #[must_use]
    pub const fn origin(&self) -> &'static str {
        self.origin
    }

    /// The text of the file.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// The prompts of the file and where they come from.
    ///
    /// # Errors
    ///
    /// If sampling parameters or provenance do not have the expected form; the rest was checked at
    /// compile time.
    pub fn artifact(&self) -> Result<Artifact, ArtifactError> {
        Artifact::from_text(self.text, self.origin)
    }

    /// The program with these prompts; see [`Artifact::install`].
    ///
    /// # Errors
    ///
    /// As [`artifact`](Self::artifact), and if the program uses another adapter than the one that the
    /// prompts were tuned with.
    pub fn install(&self, program: &M) -> Result<M, ArtifactError>
    where
        M: Module,
    {
        self.artifact()?.install(program)
    }

    /// The program on this model, with these prompts.
    ///
    /// # Errors
    ///
    /// As [`install`](Self::install).
    pub fn program(&self, lm: impl Into<Lm>) -> Result<M, ArtifactError>
    where
        M: FromLm,
    {
        self.install(&M::from_lm(lm.into()))
    }
}

impl<M> Clone for Prompt<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Prompt<M> {}

impl<M> fmt::Debug for Prompt<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Prompt").field(&self.origin).finish()
    }
}
