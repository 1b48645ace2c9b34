//! How many rows were not scored, and why.

use std::fmt;

use super::outcome::Outcome;

/// The numbers of rows that the metric did not judge, by what failed.
///
/// It is displayed as, for example, `4 replies did not parse, 1 row without budget`, and as nothing
/// if nothing failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailureCounts {
    /// The reply could not be read.
    pub parse: usize,
    /// The reply was cut at the limit of tokens, or the model refused to answer.
    pub unanswered: usize,
    /// The program's own code failed.
    pub program: usize,
    /// The provider rejected the request because of what the request is.
    pub request: usize,
    /// The metric failed on what the program answered.
    pub metric: usize,
    /// The provider could not be reached, or did not answer.
    pub provider: usize,
    /// The budget did not allow the call.
    pub refused: usize,
}

impl FailureCounts {
    /// All failures.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.of_program() + self.provider + self.refused
    }

    /// The failures that count against the program: their rows have the worst
    /// [score](Outcome::score).
    #[must_use]
    pub const fn of_program(&self) -> usize {
        self.parse + self.unanswered + self.program + self.request + self.metric
    }

    /// Only those that count against the program.
    pub(super) const fn only_of_program(self) -> Self {
        Self {
            provider: 0,
            refused: 0,
            ..self
        }
    }

    /// Only those that say nothing about the program.
    pub(super) const fn only_others(self) -> Self {
        Self {
            parse: 0,
            unanswered: 0,
            program: 0,
            request: 0,
            metric: 0,
            ..self
        }
    }

    pub(super) const fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Scored(_) => {}
            Outcome::ParseFailed { .. } => self.parse += 1,
            Outcome::Unanswered { .. } => self.unanswered += 1,
            Outcome::ProgramFailed { .. } => self.program += 1,
            Outcome::RequestFailed { .. } => self.request += 1,
            Outcome::MetricFailed { .. } => self.metric += 1,
            Outcome::ProviderFailed { .. } => self.provider += 1,
            Outcome::Refused { .. } => self.refused += 1,
        }
    }
}

impl fmt::Display for FailureCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [
            (self.parse, "reply did not parse", "replies did not parse"),
            (
                self.unanswered,
                "reply cut or refused",
                "replies cut or refused",
            ),
            (self.program, "program error", "program errors"),
            (self.request, "request rejected", "requests rejected"),
            (self.metric, "metric error", "metric errors"),
            (self.provider, "provider error", "provider errors"),
            (self.refused, "row without budget", "rows without budget"),
        ];
        let mut comma = "";
        for (count, one, many) in kinds {
            if count > 0 {
                write!(f, "{comma}{count} {}", if count == 1 { one } else { many })?;
                comma = ", ";
            }
        }
        Ok(())
    }
}
