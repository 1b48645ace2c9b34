//! A file against a program as it is.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::compare::push_misfits;
use super::file::{FileField, FilePredictor, FileValue, ValueCheck};
use super::problems::split;
use super::program::{Program, Running};
use crate::artifact::Misfit;
use crate::artifact::stored::StoredPredictor;
use crate::module::Predictor;
use crate::signature::{Role, SignatureSpec, written};
use crate::state::Nearest;

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
    let parts: Vec<Parts<'_>> = stored
        .iter()
        .map(|(path, stored)| Parts::of(stored, spec_at(&running, path)))
        .collect();
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
        .map(|(path, problem)| misfit(path, problem))
        .collect();
    for predictor in predictors {
        let path = predictor.path();
        let problems = stored
            .get(path)
            .map(|stored| surroundings(stored, predictor));
        let problems = problems.into_iter().flatten();
        misfits.extend(problems.map(|problem| misfit(path, problem)));
    }
    misfits
}

fn misfit(path: &str, problem: impl Into<String>) -> Misfit {
    Misfit {
        predictor: path.to_owned(),
        problem: problem.into(),
    }
}

/// What does not fit of the things that only a running program has.
fn surroundings(stored: &StoredPredictor, predictor: &Predictor) -> Vec<String> {
    let mut problems = Vec::new();
    let adapter = predictor.adapter().name();
    if stored.adapter != adapter {
        problems.push(format!(
            "tuned with the adapter `{}`, but the program uses `{adapter}`; set it before loading",
            stored.adapter
        ));
    }
    if let Some(nearest) = &stored.nearest {
        problems.extend(embedder_problem(nearest, predictor));
    }
    problems
}

fn embedder_problem(nearest: &Nearest, predictor: &Predictor) -> Option<String> {
    let embedder = predictor.embedder();
    let found = match embedder {
        _ if nearest.check(predictor.path(), embedder).is_ok() => return None,
        Some(embedder) => format!("has `{}`", embedder.id()),
        None => "has none".to_owned(),
    };
    Some(format!(
        "tuned with demos that are nearest by the embedder `{}`, but the program {found}; give it \
         that one with `ModuleExt::embedder` before loading",
        nearest.by
    ))
}

/// The parts of a stored predictor that have to be made before they can be borrowed.
struct Parts<'a> {
    fields: Vec<FileField<'a>>,
    prose: Vec<&'a str>,
    /// Demo, role, name, and what is wrong with the value.
    values: Vec<(usize, Role, &'a str, String)>,
}

fn spec_at<'a>(running: &[Running<'a>], path: &str) -> Option<&'a SignatureSpec> {
    let found = running.iter().find(|predictor| predictor.path == path);
    found.map(|predictor| predictor.spec)
}

impl<'a> Parts<'a> {
    fn of(stored: &'a StoredPredictor, spec: Option<&SignatureSpec>) -> Self {
        let demos = stored.demos.iter().enumerate();
        Self {
            fields: stored.signature.fields().collect(),
            prose: stored.fields.keys().map(String::as_str).collect(),
            values: demos
                .flat_map(|(index, demo)| {
                    let inputs = checked(spec, index, Role::Input, &demo.inputs);
                    inputs.chain(checked(spec, index, Role::Output, &demo.outputs))
                })
                .collect(),
        }
    }

    fn values(&self) -> Vec<FileValue<'_>> {
        let values = self.values.iter();
        values
            .map(|(demo, role, name, problem)| FileValue {
                demo: *demo,
                role: *role,
                name,
                check: ValueCheck::Done(problem),
            })
            .collect()
    }
}

fn checked<'a>(
    spec: Option<&SignatureSpec>,
    demo: usize,
    role: Role,
    values: &'a Map<String, Value>,
) -> impl Iterator<Item = (usize, Role, &'a str, String)> {
    let values = values.iter();
    values.map(move |(name, value)| (demo, role, name.as_str(), problem(spec, role, name, value)))
}

/// What is wrong with a value; nothing if it is of the type of its field, or if there is no such field.
pub(super) fn problem(
    spec: Option<&SignatureSpec>,
    role: Role,
    name: &str,
    value: &Value,
) -> String {
    let mut fields = spec.into_iter().flat_map(|spec| spec.fields.iter());
    let field = fields.find(|field| field.name == name && field.role == role);
    let checked = field.map(|field| field.ty.check(value));
    match checked {
        Some(Err(error)) => error.in_field(name).to_string(),
        _ => String::new(),
    }
}
