//! The models that a run calls besides those of the program.

use super::stop::Stop;
use crate::evaluate::Metric;
use crate::lm::Lm;

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

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Lm> {
        self.search.iter().chain(&self.metric)
    }

    /// Checks that the optimizer declares this model.
    pub(super) fn check_declared(&self, lm: &Lm) -> Result<(), Stop> {
        let id = &lm.info().id;
        match self.search.iter().any(|declared| declared.info().id == *id) {
            true => Ok(()),
            false => Err(Stop::UndeclaredModel(id.clone())),
        }
    }
}

/// The ids of these models, in order.
pub(super) fn ids<'a>(models: impl IntoIterator<Item = &'a Lm>) -> impl Iterator<Item = &'a str> {
    models.into_iter().map(|lm| lm.info().id.as_str())
}
