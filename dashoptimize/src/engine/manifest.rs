//! What makes a run this run and no other: what must be equal for a folder to be gone on with.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::run::Run;
use super::search::Optimizer;
use crate::evaluate::{Example, Holdout, Splits};
use crate::module::{Module, ModuleExt};
use crate::state::State;

/// The manifest of an optimization.
pub(super) fn of_optimization<M, E, O>(
    optimizer: &O,
    student: &M,
    data: &Splits<E>,
    run: &Run,
) -> Value
where
    M: Module,
    E: Example<M::Input>,
    O: Optimizer<M, E> + ?Sized,
{
    json!({
        "optimizer": optimizer.name(),
        "settings": optimizer.settings(),
        "seed": run.seed,
        "program": program(student),
        "data": {
            "train": data.train().content_id(),
            "val": data.val().content_id(),
            "holdout": data.holdout().map(Holdout::content_id),
        },
    })
}

/// The manifest of an evaluation on its own.
pub(super) fn of_evaluation<M, E>(program_: &M, rows: &[E]) -> Value
where
    M: Module,
    E: Example<M::Input>,
{
    json!({ "program": program(program_), "data": { "val": rows_id(rows) } })
}

fn program<M: Module>(program: &M) -> Value {
    let predictors = program.predictors().into_iter();
    let parts: Map<String, Value> = predictors
        .map(|predictor| {
            let mut parts = json!({
                "signature": predictor.spec().fingerprint(),
                "model": predictor.lm().info().id,
                "adapter": predictor.adapter().name(),
            });
            if let Some(embedder) = predictor.embedder() {
                parts["embedder"] = embedder.id().into();
            }
            (predictor.path().to_owned(), parts)
        })
        .collect();
    json!({ "predictors": parts, "state": state_id(&program.state()) })
}

/// A hash of all prose, demos and parameters.
fn state_id(state: &State) -> String {
    // Every key is a text, so that this cannot fail; where it did, another state would differ too.
    let text = serde_json::to_string(state).unwrap_or_default();
    hex(Sha256::digest(text))
}

/// A hash of the rows, in their order, and their number.
fn rows_id<I, E: Example<I>>(rows: &[E]) -> String {
    let mut hasher = Sha256::new();
    for row in rows {
        let text = Value::Object(row.fields()).to_string();
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    format!("{} rows, {}", rows.len(), hex(hasher.finalize()))
}

/// The first 16 hexadecimal digits.
fn hex(digest: impl AsRef<[u8]>) -> String {
    base16ct::lower::encode_string(&digest.as_ref()[..8])
}
