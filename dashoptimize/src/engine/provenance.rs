//! Where the prompts of a run come from, as its artifact says it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::candidate::{Candidate, DemoSource};
use super::search::Search;
use super::session::Session;
use crate::artifact::Provenance;
use crate::evaluate::{Example, Metric, RowOrigin, Rows, Splits, Verdict};
use crate::module::{Module, Predictor};
use crate::state::Demo;

impl<M, E, S> Session<'_, M, E, S>
where
    M: Module,
    E: Example<M::Input>,
    S: Search<M, E> + ?Sized,
{
    pub(super) fn provenance(&self, verdict: Option<&Verdict>) -> Provenance {
        let evaluator = self.study.evaluator();
        Provenance {
            data: parts(self.data),
            metric: metric_in_words(evaluator.metric()),
            models: evaluator.models_of(self.study.student()),
            optimizer: self.search.name().to_owned(),
            seed: Some(self.run_settings().seed),
            settings: self.search.settings(),
            verdict: json!(verdict),
        }
    }

    /// Where the demos of a candidate come from: for each predictor, by path, in their order.
    pub(super) fn demo_origins(
        &self,
        candidate: &Candidate<M>,
    ) -> BTreeMap<String, Vec<Option<String>>> {
        let rows: Vec<_> = self.data.train().iter().map(Example::fields).collect();
        let predictors = candidate.program().predictors().into_iter();
        predictors
            .map(|predictor| {
                let origins = DemoOrigins::new(self.data, &rows, predictor);
                let sources = candidate.sources().get(predictor.path());
                let demos = predictor.state().demos.iter().enumerate();
                let origin = |(index, demo)| {
                    let source = sources.and_then(|sources| sources.get(index)).copied();
                    origins.of(demo, source)
                };
                (predictor.path().to_owned(), demos.map(origin).collect())
            })
            .collect()
    }
}

/// Finds the training rows that the demos of a predictor come from.
struct DemoOrigins<'a, E> {
    data: &'a Splits<E>,
    /// The demo that each training row makes, if it makes one.
    labelled: Vec<Option<Demo>>,
}

impl<'a, E> DemoOrigins<'a, E> {
    fn new(data: &'a Splits<E>, rows: &[Map<String, Value>], predictor: &Predictor) -> Self {
        let labelled = rows
            .iter()
            .map(|row| Demo::from_fields(row, predictor.spec()));
        Self {
            data,
            labelled: labelled.collect(),
        }
    }

    /// Where a demo comes from. If nothing is known of it, it is the labelled row with the same values, if
    /// there is one.
    fn of(&self, demo: &Demo, source: Option<DemoSource>) -> Option<String> {
        let is_of = |row: &usize| self.labelled[*row].as_ref() == Some(demo);
        let same = || (0..self.labelled.len()).find(is_of);
        let source = source.or_else(|| Some(DemoSource::labelled(same()?)))?;
        let kind = match source.is_bootstrapped {
            true => "bootstrapped",
            false => "labelled",
        };
        let origin = self.data.train().origin(source.row)?;
        Some(format!("{}, {kind}", without_folder(origin)))
    }
}

/// `triage.jsonl:12`, or `row 3` for a row that was made in memory.
fn without_folder(origin: &RowOrigin) -> String {
    match origin.file_name() {
        Some(file) => format!("{file}:{}", origin.line()),
        None => origin.to_string(),
    }
}

/// The parts of the data: how many rows, from which files, with which content.
fn parts<E>(data: &Splits<E>) -> Value {
    let (train, val) = (data.train(), data.val());
    let mut parts = json!({
        "train": part(train.len(), &train.files(), &train.content_id().to_string()),
        "val": part(val.len(), &val.files(), &val.content_id().to_string()),
    });
    if let Some(holdout) = data.holdout().filter(|holdout| holdout.len() > 0) {
        let id = holdout.content_id().to_string();
        parts["holdout"] = part(holdout.len(), &holdout.files(), &id);
    }
    parts
}

fn part(rows: usize, files: &[&str], id: &str) -> Value {
    json!({ "rows": rows, "files": files, "id": id })
}

/// The names of the files that rows came from, each once.
pub(super) fn files_of<E>(rows: &dyn Rows<Row = E>) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    let origins = (0..rows.rows().len()).filter_map(|index| rows.origin(index));
    for file in origins.filter_map(RowOrigin::file_name) {
        if !files.iter().any(|known| known == file) {
            files.push(file.to_owned());
        }
    }
    files
}

/// `is_right`, or `is_right, version 2`.
pub(super) fn metric_in_words<E, O>(metric: &dyn Metric<E, O>) -> String {
    match metric.version() {
        Some(version) => format!("{}, version {version}", metric.name()),
        None => metric.name().into_owned(),
    }
}
