//! Which fields of a row are shown in the results of an evaluation.

use serde_json::{Map, Value};

use crate::evaluate::Example;
use crate::module::Module;
use crate::signature::{Field, Role};

/// The names of the fields that are inputs of the program, and of those that are gold outputs. Other
/// fields of a row are private to it and shown nowhere.
pub(super) struct ShownFields {
    inputs: Vec<String>,
    gold: Vec<String>,
}

impl ShownFields {
    /// The fields of rows of type `E` for this program: those that the type of the row names, or those
    /// that are inputs or outputs of a predictor.
    pub(super) fn of<M: Module, E: Example<M::Input>>(program: &M) -> Self {
        if let Some(fields) = E::ROLES {
            return Self::of_fields(fields);
        }
        let predictors = program.predictors();
        let fields = predictors.iter().flat_map(|p| p.spec().fields.iter());
        let mut shown = Self::of_fields(fields);
        // What one step writes for another is an output of the program.
        shown.inputs.retain(|name| !shown.gold.contains(name));
        shown
    }

    fn of_fields<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Self {
        let (mut inputs, mut gold) = (Vec::new(), Vec::new());
        for field in fields {
            let names = match field.role {
                Role::Input => &mut inputs,
                Role::Output => &mut gold,
            };
            let name = field.name.to_string();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self { inputs, gold }
    }

    /// The inputs in a row, in the order of the signature.
    pub(super) fn inputs<'a>(&'a self, row: &'a Map<String, Value>) -> Vec<(&'a str, &'a Value)> {
        pick(&self.inputs, row)
    }

    /// The gold outputs in a row, in the order of the signature.
    pub(super) fn gold<'a>(&'a self, row: &'a Map<String, Value>) -> Vec<(&'a str, &'a Value)> {
        pick(&self.gold, row)
    }
}

fn pick<'a>(names: &'a [String], row: &'a Map<String, Value>) -> Vec<(&'a str, &'a Value)> {
    let named = names.iter().map(|name| (&**name, row.get(name)));
    named
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
