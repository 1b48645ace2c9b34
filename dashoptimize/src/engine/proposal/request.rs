//! One question to a proposer.

use std::fmt;

use super::room::Room;
use crate::engine::candidate::Candidate;
use crate::engine::component::Component;
use crate::engine::evidence::Evidence;
use crate::lm::Purpose;

/// One question to a proposer: which components of which candidate it is to rewrite, and what it is shown.
///
/// The input is made for a [`Room`], so that material that does not fit is left out in a known way.
pub struct ProposalRequest<'r, M, I> {
    pub(super) parent: &'r Candidate<M>,
    pub(super) components: Vec<Component>,
    pub(super) input: Box<dyn Fn(Room) -> I + Send + Sync + 'r>,
    pub(super) purpose: Purpose,
    pub(super) sample: u32,
    pub(super) temperature: Option<f64>,
    pub(super) evidence: Vec<Evidence>,
    pub(super) tries_again: bool,
}

impl<'r, M, I> ProposalRequest<'r, M, I> {
    /// A request for texts of these components of a candidate, with the purpose [`Purpose::Propose`].
    pub fn new(
        parent: &'r Candidate<M>,
        components: impl IntoIterator<Item = Component>,
        input: impl Fn(Room) -> I + Send + Sync + 'r,
    ) -> Self {
        Self {
            parent,
            components: components.into_iter().collect(),
            input: Box::new(input),
            purpose: Purpose::Propose,
            sample: 0,
            temperature: None,
            evidence: Vec::new(),
            tries_again: false,
        }
    }

    /// Enters the call as [`Purpose::Reflect`] in the ledger.
    #[must_use]
    pub fn reflects(mut self) -> Self {
        self.purpose = Purpose::Reflect;
        self
    }

    /// Sets which sample of the replies is drawn. Default 0. Two requests with the same input and the same
    /// sample receive the same reply.
    #[must_use]
    pub fn sample(mut self, sample: u32) -> Self {
        self.sample = sample;
        self
    }

    /// Sets the temperature of every predictor of the proposer. By default each keeps its own.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Takes a text again that was proposed before, unless the state that it makes was evaluated on the validation
    /// part. It is for an optimizer that turns candidates away by a few rows, on which chance decides. By default
    /// such a text is known, and rejected.
    #[must_use]
    pub fn tries_again(mut self) -> Self {
        self.tries_again = true;
        self
    }

    /// Adds rows that the proposer is shown, for the log. Not known by default.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}

impl<M, I> fmt::Debug for ProposalRequest<'_, M, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProposalRequest")
            .field("components", &self.components)
            .field("purpose", &self.purpose)
            .field("sample", &self.sample)
            .finish_non_exhaustive()
    }
}
