//! A state of the program that an optimizer proposes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::state_id::StateId;
use crate::module::{Module, ModuleExt};
use crate::state::State;

/// The training rows that the demos of a state were made of: for each predictor, by path, the source of
/// each demo, in the order of the demos.
pub type Sources = BTreeMap<String, Vec<DemoSource>>;

/// What a demo was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DemoSource {
    /// The index of the training row.
    pub row: usize,
    /// Whether a run of a program on the row made it, and not the labelled row itself.
    pub is_bootstrapped: bool,
}

impl DemoSource {
    /// The training row of this index, as it is labelled.
    #[must_use]
    pub const fn labelled(row: usize) -> Self {
        Self {
            row,
            is_bootstrapped: false,
        }
    }

    /// A run of a program on the training row of this index.
    #[must_use]
    pub const fn bootstrapped(row: usize) -> Self {
        Self {
            row,
            is_bootstrapped: true,
        }
    }
}

/// A state of the program that an optimizer proposes, and the number under which the run lists it.
///
/// The identity of a candidate is its state: two candidates are equal if their states are, wherever
/// they come from, and what was measured of one was measured of the other.
#[derive(Clone, Debug)]
pub struct Candidate<M> {
    id: u32,
    origin: Arc<str>,
    program: M,
    state_id: StateId,
    sources: Arc<Sources>,
    parents: Arc<[u32]>,
}

impl<M: Module> Candidate<M> {
    pub(super) fn new(id: u32, origin: &str, program: M, parents: &[u32]) -> Self {
        Self {
            id,
            origin: origin.into(),
            state_id: StateId::of(&program.state()),
            program,
            sources: Arc::default(),
            parents: parents.into(),
        }
    }

    /// The program as given, which has the number 0.
    pub(super) fn as_given(program: &M) -> Self {
        Self::new(0, "the program as given", program.clone(), &[])
    }

    /// Adds which training rows the demos were made of. By default that is unknown.
    ///
    /// The engine shows no training row a demo that was made of it. A demo whose inputs are those of a
    /// row is recognized without this. A demo of an inner step, whose inputs are not in the data, is
    /// recognized only by its source.
    #[must_use]
    pub fn with_sources(mut self, sources: Sources) -> Self {
        self.sources = Arc::new(sources);
        self
    }

    /// Sets which candidates it is made of, for the files of the run. By default it is made of the student of
    /// the study. Set it before the candidate is first run or decided on.
    #[must_use]
    pub fn with_parents<'c>(mut self, parents: impl IntoIterator<Item = &'c Self>) -> Self
    where
        M: 'c,
    {
        self.parents = parents.into_iter().map(Self::id).collect();
        self
    }
}

impl<M> Candidate<M> {
    /// Which training rows the demos were made of, as far as that is known.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    pub(super) fn shared_sources(&self) -> Arc<Sources> {
        Arc::clone(&self.sources)
    }

    /// The numbers of the candidates that it is made of; none of the program as given.
    #[must_use]
    pub fn parents(&self) -> &[u32] {
        &self.parents
    }

    /// The number in the ledger and in reports. The program as given has the number 0.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What identifies the state.
    #[must_use]
    pub const fn state_id(&self) -> StateId {
        self.state_id
    }

    /// Where the candidate comes from, in words, such as `seed 3: shuffled bootstrap, 2 demos`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The program in this state.
    #[must_use]
    pub const fn program(&self) -> &M {
        &self.program
    }
}

impl<M: Module> Candidate<M> {
    /// The state.
    #[must_use]
    pub fn state(&self) -> State {
        self.program.state()
    }
}

/// Candidates are equal if their states are.
impl<M> PartialEq for Candidate<M> {
    fn eq(&self, other: &Self) -> bool {
        self.state_id == other.state_id
    }
}

impl<M> Eq for Candidate<M> {}
