//! What an optimizer asks the engine to run.

use super::candidate::Candidate;
use super::evaluation::Part;
use crate::lm::Lm;
use crate::module::Module;

/// What an optimizer asks for: a candidate on one row. The answer is a
/// [`Rollout`](super::Rollout).
///
/// ```no_run
/// # use dashoptimize::engine::{Candidate, Rollout, Stop, Study, Trial};
/// # use dashoptimize::evaluate::Example;
/// # use dashoptimize::module::Module;
/// /// Runs a candidate twice on each row of a minibatch, the second time on another sample.
/// async fn minibatch<M: Module, E: Example<M::Input>>(
///     study: &Study<'_, M, E>,
///     candidate: &Candidate<M>,
///     rows: &[usize],
/// ) -> Result<Vec<Rollout>, Stop> {
///     let trials = rows.iter().flat_map(|row| {
///         let trial = Trial::on_train(candidate, *row);
///         [trial.clone(), trial.sample(1).temperature(1.0)]
///     });
///     study.rollouts(&trials.collect::<Vec<_>>()).await
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Trial<M> {
    candidate: Candidate<M>,
    part: Part,
    row: usize,
    sample: u32,
    temperature: Option<f64>,
    lm: Option<Lm>,
}

impl<M: Module> Trial<M> {
    /// A candidate on the training row of this index. Demos that were made of the row are not shown.
    #[must_use]
    pub fn on_train(candidate: &Candidate<M>, row: usize) -> Self {
        Self::new(candidate, Part::Train, row)
    }

    /// A candidate on the validation row of this index. Its feedback and its trace are not for a proposer,
    /// unless the page of the optimizer says that it shows validation rows.
    #[must_use]
    pub fn on_val(candidate: &Candidate<M>, row: usize) -> Self {
        Self::new(candidate, Part::Val, row)
    }

    fn new(candidate: &Candidate<M>, part: Part, row: usize) -> Self {
        Self {
            candidate: candidate.clone(),
            part,
            row,
            sample: 0,
            temperature: None,
            lm: None,
        }
    }
}

impl<M> Trial<M> {
    /// Sets which sample of the replies is drawn. Default 0, which evaluations draw too.
    #[must_use]
    pub const fn sample(mut self, sample: u32) -> Self {
        self.sample = sample;
        self
    }

    /// Sets the temperature of every predictor. By default each keeps its own.
    #[must_use]
    pub const fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Sets the model of every predictor, such as that of a teacher. By default each keeps its own. It
    /// must be one of [`Search::models`](super::Search::models).
    #[must_use]
    pub fn lm(mut self, lm: impl Into<Lm>) -> Self {
        self.lm = Some(lm.into());
        self
    }

    /// The candidate.
    #[must_use]
    pub const fn candidate(&self) -> &Candidate<M> {
        &self.candidate
    }

    /// The part that the row is in.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// The index of the row in its part.
    #[must_use]
    pub const fn row(&self) -> usize {
        self.row
    }

    pub(super) const fn sample_index(&self) -> u32 {
        self.sample
    }

    pub(super) const fn own_temperature(&self) -> Option<f64> {
        self.temperature
    }

    pub(super) const fn own_lm(&self) -> Option<&Lm> {
        self.lm.as_ref()
    }
}
