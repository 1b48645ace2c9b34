//! Why programs failed, and how often.

use std::collections::BTreeMap;

use super::outcome::Outcome;

/// At most so many different reasons are kept, so that memory does not grow with the number of rows.
const MOST: usize = 64;

/// What follows in the words of a failure depends on the row.
const OF_THE_ROW: &str = "; the model wrote: ";

/// Counts the failures of a program by their reason.
#[derive(Clone, Debug, Default)]
pub(super) struct FailureReasons(BTreeMap<String, usize>);

impl FailureReasons {
    /// Counts a failure of the program.
    pub(super) fn push(&mut self, outcome: &Outcome) {
        let (Outcome::ParseFailed { error, .. }
        | Outcome::ProgramFailed { error, .. }
        | Outcome::RequestFailed { error, .. }
        | Outcome::MetricFailed { error, .. }) = outcome
        else {
            return;
        };
        let reason = error.split(OF_THE_ROW).next().unwrap_or(error);
        if let Some(count) = self.0.get_mut(reason) {
            *count += 1;
        } else if self.0.len() < MOST {
            self.0.insert(reason.to_owned(), 1);
        }
    }

    /// The reason of most failures; of equally frequent ones the first in the alphabet.
    pub(super) fn commonest(self) -> Option<(String, usize)> {
        self.0
            .into_iter()
            .reduce(|most, next| if next.1 > most.1 { next } else { most })
    }
}
