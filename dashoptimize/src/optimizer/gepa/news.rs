//! What a search tells its observers.

use std::fmt;

use crate::engine::SearchEvent;

/// What [`GEPA`](super::GEPA) tells the observers of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum GepaNews {
    /// A generation ended.
    #[non_exhaustive]
    GenerationEnded {
        /// Its number, from 1.
        generation: usize,
        /// How many children were tried on training rows.
        tried: usize,
        /// How many candidates came into the population.
        admitted: usize,
        /// The highest mean on the validation part so far.
        best_score: f64,
        /// How many metric calls count so far.
        metric_calls: usize,
    },
    /// A parent has the best score on each training row, so that no proposal of it can be better there.
    #[non_exhaustive]
    Saturated {
        /// The number of the candidate.
        candidate: u32,
    },
    /// The limit on metric calls is so low that little can be tried.
    #[non_exhaustive]
    FewMetricCalls {
        /// The limit.
        limit: usize,
        /// What three proposals that are accepted take.
        three_proposals: usize,
    },
    /// The search ended.
    #[non_exhaustive]
    Ended {
        /// Why, in words.
        reason: String,
    },
}

impl fmt::Display for GepaNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GenerationEnded {
                generation,
                tried,
                admitted,
                best_score,
                metric_calls,
            } => write!(
                f,
                "generation {generation}: {admitted} of {tried} children are better on their \
                 training rows; best on the validation part {best_score:.4}; {metric_calls} metric calls"
            ),
            Self::Saturated { candidate } => write!(
                f,
                "candidate {candidate} has the best score on every training row: nothing is left to learn \
                 from"
            ),
            Self::FewMetricCalls {
                limit,
                three_proposals,
            } => write!(
                f,
                "`max_metric_calls` {limit} is low: three proposals that are accepted take {three_proposals}"
            ),
            Self::Ended { reason } => write!(f, "the search ends: {reason}"),
        }
    }
}

impl SearchEvent for GepaNews {}
