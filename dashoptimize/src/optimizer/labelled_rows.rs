//! Labelled rows as demos.

use std::fmt;

use crate::engine::{SearchEvent, Study};
use crate::evaluate::Example;
use crate::module::{Module, Predictor};
use crate::signature::suggestion::quoted_list;
use crate::state::Demo;

/// The training rows that can be demos of a predictor, by number: those that have all its inputs and one of
/// its outputs. If there are rows that lack only inputs, the observers and the report are told.
pub(super) fn labelled_rows<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    predictor: &Predictor,
) -> Vec<(usize, Demo)> {
    let spec = predictor.spec();
    let mut lacking = RowsLackInputs {
        predictor: predictor.path().to_owned(),
        inputs: Vec::new(),
        rows: 0,
        of: study.train().len(),
    };
    let mut demos = Vec::new();
    for (row, example) in study.train().iter().enumerate() {
        let fields = example.fields();
        let is_missing = |name: &str| !fields.contains_key(name);
        if spec.outputs().all(|output| is_missing(&output.name)) {
            continue;
        }
        let missing = spec.inputs().filter(|input| is_missing(&input.name));
        let missing: Vec<&str> = missing.map(|input| &*input.name).collect();
        if missing.is_empty() {
            demos.extend(Demo::from_fields(&fields, spec).map(|demo| (row, demo)));
        } else {
            lacking.add(&missing);
        }
    }
    if lacking.rows > 0 {
        study.tell(lacking);
    }
    demos
}

/// Training rows are no demos of a predictor, because they lack inputs of it, such as what an earlier step
/// finds. Shown as demos, they would teach the model to make up what it was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowsLackInputs {
    /// The path of the predictor.
    pub predictor: String,
    /// The inputs that are missing.
    pub inputs: Vec<String>,
    /// How many rows lack one of them.
    pub rows: usize,
    /// How many training rows there are.
    pub of: usize,
}

impl RowsLackInputs {
    fn add(&mut self, missing: &[&str]) {
        self.rows += 1;
        for input in missing {
            if !self.inputs.iter().any(|known| known == input) {
                self.inputs.push((*input).to_owned());
            }
        }
    }
}

/// ``no training row has all inputs of predictor `reply`, so it is shown no labelled rows; missing: `passages` ``
impl fmt::Display for RowsLackInputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            predictor,
            inputs,
            rows,
            of,
        } = self;
        let missing = quoted_list(inputs.iter().map(String::as_str));
        match rows == of {
            true => write!(
                f,
                "no training row has all inputs of predictor `{predictor}`, so it is shown no labelled rows; \
                 missing: {missing}"
            ),
            false => write!(
                f,
                "{rows} of {of} training rows lack an input of predictor `{predictor}`, so it is not shown \
                 them; missing: {missing}"
            ),
        }
    }
}

impl SearchEvent for RowsLackInputs {
    fn is_for_the_report(&self) -> bool {
        true
    }
}
