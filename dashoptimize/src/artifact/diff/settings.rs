//! What changed in the choice of demos and in the parameters.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::lm::Params;
use crate::state::{Nearest, PredictorState};

/// What changed in the choice of demos and in the parameters.
pub(super) fn settings(before: &PredictorState, after: &PredictorState) -> Vec<String> {
    let mut changes = params(&before.params, &after.params);
    if before.nearest != after.nearest {
        let [before, after] = [before, after].map(|state| match &state.nearest {
            Some(Nearest { by, k }) => format!("the {k} nearest ({by})"),
            None => "all".to_owned(),
        });
        changes.insert(0, format!("demos of a call: {before} → {after}"));
    }
    changes
}

/// `temperature: unset → 0.7`
fn params(before: &Params, after: &Params) -> Vec<String> {
    let [before, after] = [before, after].map(|params| match serde_json::to_value(params) {
        Ok(Value::Object(params)) => params,
        _ => Map::new(),
    });
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let value = |params: &Map<String, Value>, name: &String| match params.get(name) {
        Some(value) => Cow::Owned(value.to_string()),
        None => Cow::Borrowed("unset"),
    };
    names
        .into_iter()
        .map(|name| (name, value(&before, name), value(&after, name)))
        .filter(|(_, before, after)| before != after)
        .map(|(name, before, after)| format!("{name}: {before} → {after}"))
        .collect()
}
