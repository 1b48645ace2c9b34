//! A state of the program that an optimizer proposes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::module::{Module, ModuleExt};
use crate::state::State;

/// The training example that each demo of a state was made of, by path of the predictor, in the order
/// of its demos.
pub type Sources = BTreeMap<String, Vec<usize>>;

/// A state of the program that an optimizer proposes, with the number under which the run knows it.
#[derive(Clone, Debug)]
pub struct Candidate<M> {
    id: u32,
    origin: String,
    program: M,
    sources: Arc<Sources>,
}

impl<M: Module> Candidate<M> {
    pub(super) fn new(id: u32, origin: String, program: M) -> Self {
        Self {
            id,
            origin,
            program,
            sources: Arc::default(),
        }
    }

    /// Adds what the demos were made of, so that a later stage does not show an example its own answer.
    /// Default: nothing is said.
    #[must_use]
    pub fn with_sources(mut self, sources: Sources) -> Self {
        self.sources = Arc::new(sources);
        self
    }

    /// What the demos were made of, where that is known.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The number in ledger and reports; 0 is the program as given.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// Where it comes from, in words, such as `seed 3: shuffled bootstrap, 2 demos`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The program in this state.
    #[must_use]
    pub const fn program(&self) -> &M {
        &self.program
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> State {
        self.program.state()
    }
}
