//! What the change of each predictor is worth.

use super::news::GraphNews;
use crate::engine::{Candidate, Evaluation, Stop, Study};
use crate::evaluate::Example;
use crate::evaluate::statistics::{Alpha, bounded_mean_interval};
use crate::module::{Module, ModuleExt};

/// Resamples of an interval.
const RESAMPLES: u32 = 2_000;

/// Evaluates the best candidate without the change of each predictor, and tells the differences. Where the program is
/// better without one of the changes, that change is taken back first, and what is left is looked at anew.
pub(super) async fn settle<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    mut best: Candidate<M>,
) -> Result<Candidate<M>, Stop> {
    loop {
        let news = worths(study, &best).await?;
        match study.best() {
            // Every time, the score is higher, so this ends.
            Some(better) if better.id() != best.id() => best = better,
            _ => {
                news.into_iter().for_each(|one| study.tell(one));
                return Ok(best);
            }
        }
    }
}

/// What each change is worth. Where only one predictor was changed, the program without the change is the one as it
/// was before.
async fn worths<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    best: &Candidate<M>,
) -> Result<Vec<GraphNews>, Stop> {
    let (before, after) = (study.student().state(), best.program().state());
    let paths = after.predictors.iter();
    let changed = paths.filter(|(path, state)| before.predictors.get(*path) != Some(*state));
    let changed: Vec<_> = changed.map(|(path, _)| path.clone()).collect();
    let without = changed.iter().map(|path| {
        let mut state = after.clone();
        if let Some(given) = before.predictors.get(path) {
            state.predictors.insert(path.clone(), given.clone());
        }
        (format!("the best without the change of `{path}`"), state)
    });
    let without = study.candidates(&without.collect::<Vec<_>>())?;
    let whole = study.evaluate(best).await?;
    let parts = study.evaluate_all(&without).await?;
    let changed = changed.into_iter().zip(&parts);
    Ok(changed
        .map(|(path, part)| worth(path, &whole, part))
        .collect())
}

fn worth(path: String, whole: &Evaluation, without: &Evaluation) -> GraphNews {
    let rows = whole.measured.scores().zip(without.measured.scores());
    let differences: Vec<f64> = rows
        .filter_map(|(with, without)| Some(with? - without?))
        .collect();
    let range = whole.measured.range();
    let interval = bounded_mean_interval(
        &differences,
        range.differences(),
        Alpha::default(),
        RESAMPLES,
        0,
    );
    let difference = differences.iter().sum::<f64>() / differences.len().max(1) as f64;
    GraphNews::Worth {
        path,
        difference,
        interval,
    }
}
