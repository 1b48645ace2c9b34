//! A state of the program that an optimizer proposes.

use crate::module::{Module, State};

/// A state of the program that an optimizer proposes, with the number under which the run knows it.
#[derive(Clone, Debug)]
pub struct Candidate<M> {
    id: u32,
    origin: String,
    program: M,
}

impl<M: Module> Candidate<M> {
    pub(super) const fn new(id: u32, origin: String, program: M) -> Self {
        Self {
            id,
            origin,
            program,
        }
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
