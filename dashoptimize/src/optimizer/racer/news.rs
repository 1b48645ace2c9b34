//! What a `Racer` tells.

use std::fmt;

use crate::engine::SearchEvent;

/// Why a [`Racer`](super::Racer) goes on or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RacerNews {
    /// The best candidate has the best score on every validation row.
    NothingToGain,
    /// The best candidate failed on some of the training rows that it was run on.
    #[non_exhaustive]
    Failures {
        /// On so many.
        failed: usize,
        /// Of so many.
        of: usize,
    },
    /// A round of proposals did not improve the program.
    #[non_exhaustive]
    NoImprovement {
        /// The round, from 1.
        round: usize,
    },
    /// A shorter prompt is not shown to be worse.
    #[non_exhaustive]
    Shorter {
        /// The number of the candidate with the shorter prompt.
        candidate: u32,
        /// The bytes of constant prompt that it saves.
        bytes: usize,
    },
}

impl fmt::Display for RacerNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingToGain => {
                f.write_str("every validation row has the best score, there is nothing to gain")
            }
            Self::Failures { failed, of } => write!(
                f,
                "the best so far could do better on {failed} of {of} training rows"
            ),
            Self::NoImprovement { round } => write!(f, "round {round} improved nothing"),
            Self::Shorter { candidate, bytes } => write!(
                f,
                "#{candidate} is {bytes} bytes shorter than the best, and nothing speaks against it"
            ),
        }
    }
}

impl SearchEvent for RacerNews {}
