//! What speaks against starting a run as it is planned.

use std::fmt;

use serde::Serialize;

/// What speaks against starting a run as it is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlanWarning {
    /// The budget does not suffice for the program as given on the validation part, and for both programs on the
    /// hold-out.
    BudgetBelowBaseline {
        /// The limit.
        calls: u64,
        /// The least that is needed.
        needed: u64,
    },
    /// The budget suffices for that, but not for one proposal in addition.
    BudgetBelowProposal {
        /// The limit.
        calls: u64,
        /// The least that is needed.
        needed: u64,
    },
    /// The budget in dollars is below the least that the run costs.
    BudgetBelowCost,
    /// There is no hold-out, or no verdict is wanted.
    NoVerdict,
    /// Even if every row of the hold-out is won, the verdict cannot be better.
    HoldoutTooSmall {
        /// Its rows.
        rows: usize,
    },
    /// How good the program as given is, and what can be gained, is not measured yet.
    NoHeadroomKnown,
    /// The provider stops a model.
    ModelStops {
        /// The model.
        model: String,
        /// The day.
        date: &'static str,
    },
    /// The price of a model is not known.
    NoPrice {
        /// The model.
        model: String,
    },
    /// How long a reply may be is not limited, so that no most can be computed.
    NoReplyLimit {
        /// The predictor.
        predictor: String,
    },
    /// The program does not say how many calls a run takes at most.
    CallsUnknown,
}

impl fmt::Display for PlanWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BudgetBelowBaseline { calls, needed } => write!(
                f,
                "the budget of {calls} calls is too small for a verdict, which takes {needed} or more; \
                 raise it, or give fewer rows"
            ),
            Self::BudgetBelowProposal { calls, needed } => write!(
                f,
                "the budget of {calls} calls leaves nothing for a proposal and its evaluation, which takes \
                 {needed} or more in all"
            ),
            Self::BudgetBelowCost => {
                f.write_str("the budget in dollars is below the least that the run costs")
            }
            Self::NoVerdict => f.write_str(
                "the run ends without a verdict: nothing will say whether the result is better on new rows",
            ),
            Self::HoldoutTooSmall { rows } => write!(
                f,
                "a hold-out of {rows} rows can show no difference at all; give it more rows"
            ),
            Self::NoHeadroomKnown => f.write_str(
                "what can be gained is not known; `Run::evaluate` says how good the program is as it is",
            ),
            Self::ModelStops { model, date } => {
                write!(f, "the provider stops `{model}` on {date}; plan for its successor")
            }
            Self::NoPrice { model } => write!(
                f,
                "the price of `{model}` is not known; give it with the `price` of the model"
            ),
            Self::NoReplyLimit { predictor } => write!(
                f,
                "the replies of `{predictor}` have no limit; set `max_tokens` to know the most that is spent"
            ),
            Self::CallsUnknown => f.write_str(
                "how many calls a run of the program takes at most is not known; a module that is written by \
                 hand states it by `Module::calls_per_run`",
            ),
        }
    }
}
