//! What the report of an evaluation without an optimizer says.

use std::time::Duration;

use crate::evaluate::Measured;
use crate::lm::Spend;

/// What the report of an evaluation without an optimizer says. Printed, it is the `report.txt` of the run
/// folder.
pub(crate) struct EvaluationReport {
    pub(crate) measured: Measured,
    /// Why the budget cut the evaluation short, if it did.
    pub(crate) cut_short: Option<String>,
    /// The type of the program.
    pub(crate) program: String,
    pub(crate) models: Vec<String>,
    pub(crate) metric: String,
    /// The names of the files that the rows came from.
    pub(crate) files: Vec<String>,
    pub(crate) spend: Spend,
    pub(crate) elapsed: Duration,
}
