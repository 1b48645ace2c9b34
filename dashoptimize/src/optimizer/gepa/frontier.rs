//! What candidates are compared on.

use serde::Serialize;

use super::fronts::Key;
use super::population::Member;

/// What candidates of [`GEPA`](super::GEPA) are compared on. For each row or objective, the candidates that do
/// best on it are a front, and parents come from the fronts.
///
/// Objectives are the further numbers of a metric; see
/// [`Score::with_objective`](crate::evaluate::Score::with_objective). Higher is better for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Frontier {
    /// The score of each validation row.
    Instance,
    /// The mean of each objective over the validation rows.
    Objective,
    /// Both.
    Hybrid,
    /// Each objective of each validation row.
    Cartesian,
}

impl Frontier {
    /// Whether the metric must give objectives.
    pub(super) const fn needs_objectives(self) -> bool {
        !matches!(self, Self::Instance)
    }

    /// The scores of a member by what they are compared on.
    pub(super) fn scores<M>(self, member: &Member<M>) -> Vec<(Key, f64)> {
        match self {
            Self::Instance => rows(member),
            Self::Objective => objectives(member),
            Self::Hybrid => [rows(member), objectives(member)].concat(),
            Self::Cartesian => objectives_of_rows(member),
        }
    }
}

fn rows<M>(member: &Member<M>) -> Vec<(Key, f64)> {
    let rows = member.scores.iter().enumerate();
    rows.filter_map(|(row, score)| Some((Key::Row(row), (*score)?)))
        .collect()
}

fn objectives<M>(member: &Member<M>) -> Vec<(Key, f64)> {
    let means = member.mean_objectives().into_iter();
    means
        .map(|(name, mean)| (Key::Objective(name), mean))
        .collect()
}

fn objectives_of_rows<M>(member: &Member<M>) -> Vec<(Key, f64)> {
    let rows = member.objectives.iter().enumerate();
    rows.flat_map(|(row, objectives)| {
        let keys = objectives.iter();
        keys.map(move |(name, value)| (Key::RowObjective(row, name.clone()), *value))
    })
    .collect()
}
