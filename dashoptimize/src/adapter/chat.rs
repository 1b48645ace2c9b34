//! `ChatAdapter`: headed sections.

use serde_json::Value;

use super::{Adapter, ParseError, Parsed};
use crate::lm::Message;
use crate::module::PredictorState;
use crate::signature::SignatureSpec;

/// Headed sections, `[[ ## field ## ]]`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChatAdapter;

impl Adapter for ChatAdapter {
    fn name(&self) -> &'static str {
        "chat"
    }

    fn prefix(&self, _spec: &SignatureSpec, _state: &PredictorState) -> Vec<Message> {
        Vec::new()
    }

    fn query(&self, spec: &SignatureSpec, inputs: &[Value]) -> String {
        let sections = spec.inputs().zip(inputs);
        sections
            .map(|(field, value)| format!("[[ ## {} ## ]]\n{value}\n", field.name))
            .collect()
    }

    fn parse(&self, spec: &SignatureSpec, reply: &str) -> Result<Parsed, ParseError> {
        Ok(Parsed {
            values: spec
                .outputs()
                .map(|_| Value::String(reply.to_owned()))
                .collect(),
            receipt: super::Receipt::default(),
        })
    }

    fn repair(&self, _spec: &SignatureSpec, error: &ParseError) -> String {
        error.to_string()
    }
}
