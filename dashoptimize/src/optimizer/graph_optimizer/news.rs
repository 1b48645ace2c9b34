//! What a `GraphOptimizer` tells.

use std::fmt;

use crate::engine::SearchEvent;
use crate::evaluate::statistics::Interval;

/// What a [`GraphOptimizer`](super::GraphOptimizer) found out about the predictors of a program.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum GraphNews {
    /// The program did not get better by any change of these predictors, so they stay as they were.
    #[non_exhaustive]
    TakenBack {
        /// Their paths.
        paths: Vec<String>,
    },
    /// A pass over all predictors gained nothing, so there is no other.
    #[non_exhaustive]
    NoGain {
        /// The pass, from 1.
        pass: usize,
    },
    /// What the change of one predictor is worth: the score of the result less that of the result without it, on
    /// the validation part.
    #[non_exhaustive]
    Worth {
        /// The path of the predictor.
        path: String,
        /// The difference in points of the metric.
        difference: f64,
        /// Its 95 % interval; `None` if no row has both scores. The validation part is what the changes were chosen
        /// by, so the interval tells how exact the difference is and not how it will be on other rows.
        interval: Option<Interval>,
    },
}

impl fmt::Display for GraphNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TakenBack { paths } => {
                let names: Vec<_> = paths.iter().map(|path| format!("`{path}`")).collect();
                write!(
                    f,
                    "no change of {} made the program better",
                    names.join(", ")
                )
            }
            Self::NoGain { pass } => write!(f, "pass {pass} gained nothing, so it is the last"),
            Self::Worth {
                path,
                difference,
                interval,
            } => {
                write!(f, "the change of `{path}` is worth {difference:+.3}")?;
                match interval {
                    Some(Interval { lower, upper }) => {
                        write!(f, " (95 % interval {lower:+.3} to {upper:+.3})")
                    }
                    None => Ok(()),
                }
            }
        }
    }
}

impl SearchEvent for GraphNews {
    fn is_for_the_report(&self) -> bool {
        matches!(self, Self::Worth { .. })
    }
}
