//! What identifies a run: what must be equal for the run in a folder to be resumed.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::models::ids;
use super::run::Run;
use super::search::Search;
use super::state_id::StateId;
use crate::evaluate::{Example, Holdout, Metric, Splits};
use crate::module::{Module, ModuleExt, Predictor};

/// The manifest of an optimization.
pub(super) fn of_optimization<M, E, S>(
    search: &S,
    metric: &dyn Metric<E, M::Output>,
    student: &M,
    data: &Splits<E>,
    run: &Run,
) -> Value
where
    M: Module,
    E: Example<M::Input>,
    S: Search<M, E> + ?Sized,
{
    json!({
        "optimizer": search.name(),
        "settings": search.settings(),
        "models": ids(&search.models()).collect::<Vec<_>>(),
        "metric": of_metric(metric),
        "seed": run.seed,
        "program": of_program(student),
        "data": {
            "train": data.train().content_id(),
            "val": data.val().content_id(),
            "holdout": data.holdout().map(Holdout::content_id),
        },
    })
}

/// The manifest of an evaluation without an optimizer.
pub(super) fn of_evaluation<M, E>(
    program: &M,
    rows: &[E],
    metric: &dyn Metric<E, M::Output>,
) -> Value
where
    M: Module,
    E: Example<M::Input>,
{
    json!({
        "metric": of_metric(metric),
        "program": of_program(program),
        "data": { "val": rows_id(rows) },
    })
}

fn of_metric<E, O>(metric: &dyn Metric<E, O>) -> Value {
    let range = metric.range();
    json!({
        "name": metric.name(),
        "version": metric.version(),
        "range": [range.worst(), range.best()],
        "models": ids(&metric.models()).collect::<Vec<_>>(),
    })
}

fn of_program<M: Module>(program: &M) -> Value {
    let predictors = program.predictors().into_iter();
    let predictors: Map<String, Value> = predictors
        .map(|predictor| (predictor.path().to_owned(), of_predictor(predictor)))
        .collect();
    json!({ "predictors": predictors, "state": StateId::of(&program.state()) })
}

fn of_predictor(predictor: &Predictor) -> Value {
    let mut entry = json!({
        "signature": predictor.spec().fingerprint(),
        "model": predictor.lm().info().id,
        "adapter": predictor.adapter().name(),
    });
    if let Some(embedder) = predictor.embedder() {
        entry["embedder"] = embedder.id().into();
    }
    entry
}

/// The number of rows, and a hash of the rows in their order.
fn rows_id<I, E: Example<I>>(rows: &[E]) -> String {
    let mut hasher = Sha256::new();
    for row in rows {
        let text = Value::Object(row.fields()).to_string();
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    let hex = base16ct::lower::encode_string(&hasher.finalize()[..8]);
    format!("{} rows, {hex}", rows.len())
}
