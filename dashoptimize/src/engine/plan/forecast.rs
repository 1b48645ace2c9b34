//! What a search takes.

use crate::call::Bounds;

/// The size of a task, as a [forecast](crate::engine::Search::forecast) needs it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Sizes {
    /// Training rows.
    pub train: u64,
    /// Rows of the validation part.
    pub val: u64,
    /// Predictors of the program.
    pub predictors: u64,
}

/// What a search takes besides the evaluation of the program as given and the hold-out, which the engine adds.
/// Second tries of what the provider failed are not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forecast {
    /// Runs of the program on rows of the training and of the validation part.
    pub rollouts: Bounds,
    /// Texts that are proposed.
    pub proposals: Bounds,
    /// Calls of a proposer, as [`Purpose::Propose`](crate::lm::Purpose::Propose).
    pub propose: Bounds,
    /// Calls of a proposer, as [`Purpose::Reflect`](crate::lm::Purpose::Reflect).
    pub reflect: Bounds,
    /// Demos that a predictor is shown.
    pub demos: Bounds,
    /// Tokens of texts that a predictor gets in addition to its own.
    pub text: Bounds,
}

impl Forecast {
    /// Nothing is taken.
    pub const NONE: Self = Self {
        rollouts: Bounds::NONE,
        proposals: Bounds::NONE,
        propose: Bounds::NONE,
        reflect: Bounds::NONE,
        demos: Bounds::NONE,
        text: Bounds::NONE,
    };

    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        rollouts: Bounds::UNKNOWN,
        proposals: Bounds::UNKNOWN,
        propose: Bounds::UNKNOWN,
        reflect: Bounds::UNKNOWN,
        demos: Bounds::UNKNOWN,
        text: Bounds::UNKNOWN,
    };

    /// Up to so many runs on training and on validation rows, and nothing else.
    #[must_use]
    pub const fn runs(train: u64, val: u64) -> Self {
        Self {
            rollouts: Bounds::up_to(train + val),
            ..Self::NONE
        }
    }

    /// Sets how many demos a predictor is shown at most. Default 0.
    #[must_use]
    pub const fn with_demos(mut self, demos: u64) -> Self {
        self.demos = Bounds::up_to(demos);
        self
    }

    /// Sets how many texts are proposed by how many calls, and how many tokens they add to a prompt, which is not
    /// known of a proposer whose replies have no known limit. Default none.
    #[must_use]
    pub const fn with_proposals(mut self, proposals: Bounds, calls: Bounds, text: Bounds) -> Self {
        self.proposals = proposals;
        self.propose = calls;
        self.text = text;
        self
    }

    /// Enters the calls of the proposer as reflection.
    #[must_use]
    pub const fn reflecting(mut self) -> Self {
        self.reflect = self.propose;
        self.propose = Bounds::NONE;
        self
    }

    /// This search, and another one after it.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self {
            rollouts: self.rollouts.then(next.rollouts),
            proposals: self.proposals.then(next.proposals),
            propose: self.propose.then(next.propose),
            reflect: self.reflect.then(next.reflect),
            demos: self.demos.then(next.demos),
            text: self.text.then(next.text),
        }
    }
}
