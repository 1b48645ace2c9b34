//! What identifies a run: what must be equal for the run in a folder to be resumed.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::models::ids;
use super::run::Run;
use super::search::Search;
use crate::evaluate::{Example, Holdout, Metric, Splits};
use crate::graph::Graph;
use crate::module::{Module, Predictor};
use crate::signature::Field;
use crate::state::{Demo, PredictorState};

/// So many demos are written out.
const FEW_DEMOS: usize = 32;

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
    let manifest = json!({
        "optimizer": search.name(),
        "settings": search.settings(),
        "models": ids(&search.models()).collect::<Vec<_>>(),
        "metric": of_metric(metric),
        "seed": run.seed,
        "racing": run.racing.settings(),
        "verdict": run.verdict_rule().settings(),
        "proposals": run.proposals,
        "program": of_program(student),
        "data": {
            "train": data.train().content_id(),
            "val": data.val().content_id(),
            "holdout": data.holdout().map(Holdout::content_id),
        },
    });
    with_version(manifest, run)
}

/// The manifest of an evaluation without an optimizer.
pub(super) fn of_evaluation<M, E>(
    program: &M,
    rows: &[E],
    metric: &dyn Metric<E, M::Output>,
    run: &Run,
) -> Value
where
    M: Module,
    E: Example<M::Input>,
{
    let manifest = json!({
        "metric": of_metric(metric),
        "program": of_program(program),
        "data": { "rows": rows_id(rows) },
    });
    with_version(manifest, run)
}

fn with_version(mut manifest: Value, run: &Run) -> Value {
    if let Some(version) = &run.version {
        manifest["version"] = version.as_str().into();
    }
    manifest
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
    let mut entry = json!({ "predictors": predictors });
    if let Some(graph) = program.graph() {
        let mut code = Map::new();
        add_code(graph, graph.name, &mut code);
        entry["code"] = code.into();
    }
    entry
}

/// Adds what identifies the code of a pipeline and of those inside it, by path.
fn add_code(graph: &Graph, path: &str, code: &mut Map<String, Value>) {
    if !graph.code.is_empty() {
        code.insert(path.to_owned(), graph.code.into());
    }
    for node in graph.nodes {
        if let Some(inner) = node.graph {
            add_code(inner, &format!("{path}.{}", node.path), code);
        }
    }
}

/// What a predictor is, and everything in its prompt that is the same in all calls: the texts for a person, and
/// a hash of the prompt as it is sent.
fn of_predictor(predictor: &Predictor) -> Value {
    let (spec, state) = (predictor.spec(), predictor.state());
    let fields: Map<String, Value> = spec
        .fields
        .iter()
        .map(|field| (field.name.to_string(), of_field(field, state)))
        .collect();
    let mut entry = json!({
        "signature": spec.to_string(),
        "fingerprint": spec.fingerprint(),
        "model": predictor.lm().info().id,
        "adapter": predictor.adapter().name(),
        "instructions": state.instructions.as_deref().unwrap_or(&spec.instructions),
        "fields": fields,
        "params": state.params,
        "demos": of_demos(&state.demos),
        "repairs": predictor.repairs(),
        "prompt": predictor.prompt_id(),
    });
    if let Some(nearest) = &state.nearest {
        entry["nearest"] = json!(nearest);
    }
    if let Some(embedder) = predictor.embedder() {
        entry["embedder"] = embedder.id().into();
    }
    entry
}

fn of_field(field: &Field, state: &PredictorState) -> Value {
    let prose = state.fields.get(&*field.name);
    let desc = prose.and_then(|prose| prose.desc.as_deref());
    let prefix = prose.and_then(|prose| prose.prefix.as_deref());
    let mut entry = json!({
        "desc": desc.unwrap_or(&field.desc),
        "prefix": prefix.unwrap_or(&field.prefix),
    });
    if !field.checks.is_empty() {
        let checks = field.checks.iter().map(|check| format!("{check:?}"));
        entry["checks"] = checks.collect();
    }
    entry
}

/// The demos; of a large pool their number and a hash.
fn of_demos(demos: &[Demo]) -> Value {
    if demos.len() <= FEW_DEMOS {
        return json!(demos);
    }
    let id = hash(demos.iter().map(|demo| json!(demo).to_string()));
    format!("{} demos, {id}", demos.len()).into()
}

/// The number of rows, and a hash of the rows in their order.
fn rows_id<I, E: Example<I>>(rows: &[E]) -> String {
    let id = hash(
        rows.iter()
            .map(|row| Value::Object(row.fields()).to_string()),
    );
    format!("{} rows, {id}", rows.len())
}

/// A hash of texts in their order.
fn hash(texts: impl Iterator<Item = String>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    base16ct::lower::encode_string(&hasher.finalize()[..8])
}
