//! What the proposer of instructions is shown.

use serde::Serialize;

/// What the proposer of instructions is shown, and how it is asked.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Grounding {
    pub(super) program_aware_proposer: bool,
    pub(super) data_aware_proposer: bool,
    pub(super) tip_aware_proposer: bool,
    pub(super) fewshot_aware_proposer: bool,
    pub(super) history_aware_proposer: bool,
    pub(super) view_data_batch_size: usize,
    pub(super) init_temperature: f64,
}

impl Grounding {
    pub(super) const DEFAULT: Self = Self {
        program_aware_proposer: true,
        data_aware_proposer: true,
        tip_aware_proposer: true,
        fewshot_aware_proposer: true,
        history_aware_proposer: false,
        view_data_batch_size: 10,
        init_temperature: 1.0,
    };
}
