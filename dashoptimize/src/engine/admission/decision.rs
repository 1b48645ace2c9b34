//! A decision of an optimizer about a candidate.

use std::fmt;

use crate::engine::candidate::Candidate;
use crate::engine::evidence::Evidence;

/// A decision of an optimizer about a candidate, as it is written to `events.jsonl`.
///
/// ```
/// use dashoptimize::engine::{Candidate, Decision, Evidence, Stop, Study};
/// use dashoptimize::evaluate::Example;
/// use dashoptimize::module::Module;
///
/// fn judge<M: Module, E: Example<M::Input>>(
///     study: &Study<'_, M, E>,
///     child: &Candidate<M>,
///     (before, after): (f64, f64),
///     rows: &[usize],
/// ) -> Result<(), Stop> {
///     let reason = format!("{after} after {before}");
///     let decision = match after > before {
///         true => Decision::admitted(child, "higher sum of scores", reason),
///         false => Decision::rejected(child, "higher sum of scores", reason),
///     };
///     study.decide(decision.evidence(Evidence::train(rows.iter().copied())))
/// }
/// ```
pub struct Decision<'c, M> {
    pub(in crate::engine) candidate: &'c Candidate<M>,
    pub(in crate::engine) decision: &'static str,
    pub(in crate::engine) rule: String,
    pub(in crate::engine) reason: String,
    pub(in crate::engine) evidence: Vec<Evidence>,
}

impl<'c, M> Decision<'c, M> {
    /// The candidate goes on: `rule` is the name of the rule, `reason` says in words or numbers how the
    /// candidate met it.
    pub fn admitted(
        candidate: &'c Candidate<M>,
        rule: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self::new("admitted", candidate, rule.into(), reason.into())
    }

    /// The candidate is dropped.
    pub fn rejected(
        candidate: &'c Candidate<M>,
        rule: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self::new("rejected", candidate, rule.into(), reason.into())
    }

    const fn new(
        decision: &'static str,
        candidate: &'c Candidate<M>,
        rule: String,
        reason: String,
    ) -> Self {
        Self {
            candidate,
            decision,
            rule,
            reason,
            evidence: Vec::new(),
        }
    }

    /// Adds rows that the decision is made by. None by default.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}

impl<M> fmt::Debug for Decision<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            decision,
            rule,
            reason,
            ..
        } = self;
        write!(f, "Decision({decision} by `{rule}`: {reason})")
    }
}
