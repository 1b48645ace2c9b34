//! The models that a run calls besides those of the program.

use super::stop::Stop;
use crate::evaluate::Metric;
use crate::lm::{Gateway, Lm, Params};

/// The models that optimizer and metric declare.
#[derive(Clone, Debug, Default)]
pub(super) struct DeclaredModels {
    search: Vec<Lm>,
    metric: Vec<Lm>,
}

impl DeclaredModels {
    pub(super) fn new<E, O>(search: Vec<Lm>, metric: &dyn Metric<E, O>) -> Self {
        Self {
            search,
            metric: metric.models(),
        }
    }

    /// Checks that the price of each model is known if there is a budget in dollars. A budget that
    /// cannot be enforced is an error before the first call.
    pub(super) fn check_budget(&self, gateway: &Gateway) -> Result<(), Stop> {
        // How long replies may be is set by those who call the models, so it is checked then.
        let params = Params {
            max_tokens: Some(1),
            ..Params::default()
        };
        let mut models = self.search.iter().chain(&self.metric);
        models
            .try_for_each(|lm| gateway.check_budget(lm, &params))
            .map_err(Stop::Budget)
    }

    /// Checks that the optimizer declares this model.
    pub(super) fn check_declared(&self, lm: &Lm) -> Result<(), Stop> {
        let id = &lm.info().id;
        match self.search.iter().any(|declared| declared.info().id == *id) {
            true => Ok(()),
            false => Err(Stop::UndeclaredModel(id.clone())),
        }
    }

    /// The ids of all models.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        ids(&self.search).chain(ids(&self.metric))
    }
}

/// The ids of these models, in order.
pub(super) fn ids(models: &[Lm]) -> impl Iterator<Item = &str> {
    models.iter().map(|lm| lm.info().id.as_str())
}
