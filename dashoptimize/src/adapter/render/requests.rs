//! What the model is asked for: the system message, and the request to correct a reply.

use super::fields::push_fields;
use crate::adapter::ParseError;
use crate::lm::Message;
use crate::signature::SignatureSpec;
use crate::state::PredictorState;

/// The system message: what the step does, its fields, and the form of a reply as the end of the
/// sentence "Respond with …". The prose of the state replaces the prose of the signature.
pub(in crate::adapter) fn opening(
    spec: &SignatureSpec,
    state: &PredictorState,
    form: &str,
) -> Vec<Message> {
    let instructions = state.instructions.as_deref().unwrap_or(&spec.instructions);
    let mut system = instructions.trim().to_owned();
    system.push_str("\n\n");
    push_fields(&mut system, spec, state);
    system.push_str("\nRespond with ");
    system.push_str(form);
    vec![Message::system(system)]
}

/// Asks for a reply in this form in place of one that could not be read.
pub(in crate::adapter) fn repair_request(error: &ParseError, form: &str) -> String {
    let problems = error.problem_list();
    format!("Your reply cannot be used: {problems}. Write the whole reply again, {form}")
}
