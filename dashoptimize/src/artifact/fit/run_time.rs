//! A file against a program as it is.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::compare::push_misfits;
use super::file::{FileField, FilePredictor, FileValue};
use super::problems::split;
use super::program::{Program, Running};
use crate::artifact::Misfit;
use crate::artifact::stored::StoredPredictor;
use crate::module::Predictor;
use crate::signature::{Role, written};

/// Everything in a file that does not fit a program.
pub(in crate::artifact) fn misfits(
    stored: &BTreeMap<String, StoredPredictor>,
    predictors: &[&Predictor],
) -> Vec<Misfit> {
    let running: Vec<Running<'_>> = predictors
        .iter()
        .map(|predictor| Running {
            path: predictor.path(),
            spec: predictor.spec(),
        })
        .collect();
    let parts: Vec<Parts<'_>> = stored.values().map(Parts::of).collect();
    let values: Vec<Vec<FileValue<'_>>> = parts.iter().map(Parts::values).collect();
    let file: Vec<FilePredictor<'_>> = stored
        .iter()
        .zip(parts.iter().zip(&values))
        .map(|((path, stored), (parts, values))| FilePredictor {
            path,
            fingerprint: stored.fingerprint,
            fields: &parts.fields,
            prose: &parts.prose,
            demos: stored.demos.len(),
            values,
        })
        .collect();
    let list = written(|words| push_misfits(words, &file, Program::Running(&running)));
    let mut misfits: Vec<Misfit> = split(&list)
        .map(|(path, problem)| Misfit {
            predictor: path.to_owned(),
            problem: problem.to_owned(),
        })
        .collect();
    misfits.extend(
        predictors
            .iter()
            .filter_map(|predictor| other_adapter(stored.get(predictor.path())?, predictor)),
    );
    misfits
}

/// Only a running program has adapters.
fn other_adapter(stored: &StoredPredictor, predictor: &Predictor) -> Option<Misfit> {
    let adapter = predictor.adapter().name();
    (stored.adapter != adapter).then(|| Misfit {
        predictor: predictor.path().to_owned(),
        problem: format!(
            "tuned with the adapter `{}`, but the program uses `{adapter}`; set it before loading",
            stored.adapter
        ),
    })
}

/// The parts of a stored predictor that have to be made before they can be borrowed.
struct Parts<'a> {
    fields: Vec<FileField<'a>>,
    prose: Vec<&'a str>,
    values: Vec<(usize, Role, &'a str, String)>,
}

impl<'a> Parts<'a> {
    fn of(stored: &'a StoredPredictor) -> Self {
        let demos = stored.demos.iter().enumerate();
        Self {
            fields: stored.signature.fields().collect(),
            prose: stored.fields.keys().map(String::as_str).collect(),
            values: demos
                .flat_map(|(index, demo)| {
                    let inputs = texts(index, Role::Input, &demo.inputs);
                    inputs.chain(texts(index, Role::Output, &demo.outputs))
                })
                .collect(),
        }
    }

    fn values(&self) -> Vec<FileValue<'_>> {
        let values = self.values.iter();
        values
            .map(|(demo, role, name, json)| FileValue {
                demo: *demo,
                role: *role,
                name,
                json,
            })
            .collect()
    }
}

fn texts(
    demo: usize,
    role: Role,
    values: &Map<String, Value>,
) -> impl Iterator<Item = (usize, Role, &str, String)> {
    let values = values.iter();
    values.map(move |(name, value)| (demo, role, name.as_str(), value.to_string()))
}
