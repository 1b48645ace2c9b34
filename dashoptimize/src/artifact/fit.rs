//! Whether an artifact fits a program.

use std::collections::BTreeMap;

use super::Misfit;
use super::schema::StoredSignature;
use super::stored::StoredPredictor;
use crate::module::{Nearest, Predictor};

type Stored = BTreeMap<String, StoredPredictor>;

/// Everything that does not fit: first the predictors of the program in their order, then those that
/// only the file has.
pub(super) fn misfits(stored: &Stored, predictors: &[&Predictor]) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    for predictor in predictors {
        let problems = match stored.get(predictor.path()) {
            Some(stored) => problems(stored, predictor),
            None => vec![not_in_file(stored, predictors, predictor)],
        };
        misfits.extend(problems.into_iter().map(|problem| Misfit {
            predictor: predictor.path().to_owned(),
            problem,
        }));
    }
    let known: Vec<&str> = predictors
        .iter()
        .map(|predictor| predictor.path())
        .collect();
    for path in stored.keys().filter(|path| !known.contains(&path.as_str())) {
        misfits.push(Misfit {
            predictor: path.clone(),
            problem: format!(
                "the program has no such predictor; it has {}",
                names(&known)
            ),
        });
    }
    misfits
}

fn problems(stored: &StoredPredictor, predictor: &Predictor) -> Vec<String> {
    let spec = predictor.spec();
    let mut problems = stored.signature.changes_to(&StoredSignature::of(spec));
    if problems.is_empty() && stored.fingerprint != spec.fingerprint() {
        problems.push(format!(
            "the signature's fingerprint is {}, the file says {}",
            spec.fingerprint(),
            stored.fingerprint
        ));
    }
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
    let unknown = stored
        .fields
        .keys()
        .filter(|name| spec.field(name).is_none());
    problems.extend(unknown.map(|name| format!("prose of a field `{name}` that {spec} lacks")));
    for (index, demo) in stored.demos.iter().enumerate() {
        if let Err(problem) = demo.check(spec) {
            problems.push(format!("demos[{index}]: {problem}"));
        }
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
         that one with `Module::embedder` before loading",
        nearest.by
    ))
}

fn not_in_file(stored: &Stored, predictors: &[&Predictor], missing: &Predictor) -> String {
    let is_known = |path: &str| predictors.iter().any(|predictor| predictor.path() == path);
    let mut alike = stored.iter().filter(|(path, stored)| {
        !is_known(path) && stored.fingerprint == missing.spec().fingerprint()
    });
    match (alike.next(), alike.next()) {
        (Some((path, _)), None) => {
            format!("the file lacks it, but has `{path}` of the same signature; was it renamed?")
        }
        _ => {
            let known: Vec<&str> = stored.keys().map(String::as_str).collect();
            format!("the file lacks it; it has {}", names(&known))
        }
    }
}

fn names(names: &[&str]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        format!("`{}`", names.join("`, `"))
    }
}
