//! Whether a text contradicts the schema of a predictor, which no optimizer can change.
//!
//! What a text means cannot be decided by code. The rules here look for the plain forms in which models have
//! been seen to change a schema, and let a text pass in doubt: what passes is measured, and what is turned away
//! is not.

mod fields;
mod labels;
mod scales;
mod sentence;
#[cfg(test)]
mod tests;

use crate::engine::component::Component;
use crate::module::Predictor;

/// What a text for a component of a predictor says against its fields and types, if anything.
pub(super) fn contradiction(
    predictor: &Predictor,
    component: &Component,
    text: &str,
) -> Option<String> {
    let prompt = predictor.opening();
    let sentences = sentence::sentences(text, component.field());
    fields::contradiction(predictor.spec(), &prompt, text, &sentences)
        .or_else(|| scales::contradiction(predictor.spec(), &prompt, &sentences))
        .or_else(|| labels::contradiction(predictor.spec(), &prompt, text, &sentences))
}
