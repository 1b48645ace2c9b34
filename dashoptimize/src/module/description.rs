//! Predictors described for a model that is to improve them.

use std::fmt::Write;

use super::Predictor;

/// The predictors, with everything that their models are told in general: fields, instructions, what fields
/// mean, and tools.
pub(crate) fn describe_predictors(predictors: &[&Predictor]) -> String {
    let mut words = String::new();
    for predictor in predictors {
        let (spec, state) = (predictor.spec(), predictor.state());
        let instructions = state.instructions.as_deref();
        let instructions = instructions.unwrap_or(&spec.instructions).trim();
        // Writing to a `String` cannot fail, here and below.
        let _ = writeln!(words, "`{}` ({spec}): {instructions}", predictor.path());
        for field in spec.fields.iter() {
            let prose = state.fields.get(&*field.name);
            let desc = prose.and_then(|prose| prose.desc.as_deref());
            let desc = desc.unwrap_or(&field.desc).trim();
            if !desc.is_empty() {
                let _ = writeln!(words, "- {} `{}`: {desc}", field.role, field.name);
            }
        }
        for (name, purpose) in predictor.tools() {
            let _ = writeln!(words, "- tool `{name}`: {purpose}");
        }
    }
    words
}
