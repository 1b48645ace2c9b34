//! Texts that were proposed for a program and accepted.

use crate::engine::candidate::Candidate;
use crate::engine::component::Component;
use crate::module::Module;
use crate::state::State;

/// Texts that were proposed for the components of a program, and that keep to the rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    texts: Vec<(Component, String)>,
    state: State,
}

impl Edit {
    pub(super) fn new<M: Module>(parent: &Candidate<M>, texts: Vec<(Component, String)>) -> Self {
        let mut edit = Self {
            texts,
            state: parent.state(),
        };
        let mut state = parent.state();
        edit.apply(parent.program(), &mut state);
        edit.state = state;
        edit
    }

    /// The state of the parent with these texts.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The texts, in the order of the request.
    #[must_use]
    pub fn texts(&self) -> &[(Component, String)] {
        &self.texts
    }

    /// The text of the first component, which is the only one of most requests.
    #[must_use]
    pub fn text(&self) -> &str {
        self.texts.first().map_or("", |(_, text)| text)
    }

    /// Sets the texts in another state of the same program, such as one with other demos.
    pub fn apply<M: Module>(&self, program: &M, state: &mut State) {
        for (component, text) in &self.texts {
            component.set(program, state, text);
        }
    }
}
