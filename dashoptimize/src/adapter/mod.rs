//! Between a signature and a chat: values become messages, a reply becomes values.
//!
//! The shape of a prompt: all that is constant comes first and is said once (instructions, fields,
//! the form of the reply, then demos), the query comes last and looks exactly like the user turn of
//! a demo.

mod chat;
mod json;
mod marker;
mod reader;
mod receipt;
mod render;
mod schema;
mod spelling;

pub use chat::ChatAdapter;
pub use json::JsonAdapter;
pub use receipt::{ParseError, ParseProblem, Receipt, Repair};
pub use schema::json_schema;

pub(crate) use reader::{read_value, take_similar};
pub(crate) use render::{demo_turns, push_arguments, push_inputs};
pub(crate) use spelling::same_name;

use std::fmt;

use serde_json::Value;

use crate::lm::{Message, ReplyFormat};
use crate::signature::SignatureSpec;
use crate::state::{Demo, PredictorState};

/// A way to put a signature into a chat.
pub trait Adapter: fmt::Debug + Send + Sync + 'static {
    /// Name in artifacts and reports, such as `chat`.
    fn name(&self) -> &'static str;

    /// The messages before the demos: what the step does, its fields, the form of a reply. `state`
    /// holds the prose that replaces the signature's.
    fn opening(&self, spec: &SignatureSpec, state: &PredictorState) -> Vec<Message>;

    /// A demo as turns of the user and of the model.
    fn demo(&self, spec: &SignatureSpec, demo: &Demo) -> [Message; 2];

    /// The constant messages: the opening, then the demos of the state, those that lack a field
    /// first, so that the model sees complete ones last.
    fn prefix(&self, spec: &SignatureSpec, state: &PredictorState) -> Vec<Message> {
        let mut messages = self.opening(spec, state);
        let demos = state.complete_last(spec);
        messages.extend(demos.flat_map(|demo| self.demo(spec, demo)));
        messages
    }

    /// Text of the user turn for these inputs, given in the order of the spec. A demo's user turn is
    /// made by the same code.
    fn query(&self, spec: &SignatureSpec, inputs: &[Value]) -> String;

    /// Reads the outputs, in the order of the spec and exactly of the types of the spec.
    ///
    /// # Errors
    ///
    /// What is missing or cannot be read, for every output, with the reply kept whole.
    fn parse(&self, spec: &SignatureSpec, reply: &str) -> Result<Parsed, ParseError>;

    /// Text of the user turn that asks the model to mend a reply that could not be read.
    fn repair(&self, spec: &SignatureSpec, error: &ParseError) -> String;

    /// The form that a provider may enforce.
    fn format(&self, spec: &SignatureSpec) -> ReplyFormat {
        let _ = spec;
        ReplyFormat::Text
    }

    /// Texts that end a reply.
    fn stop(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Outputs read from a reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The outputs, in the order of the spec.
    pub values: Vec<Value>,
    /// What had to be set right to read them, and which checks they break.
    pub receipt: Receipt,
}

/// What the step does: the state's words, or else the signature's.
fn instructions<'a>(spec: &'a SignatureSpec, state: &'a PredictorState) -> &'a str {
    let own = state.instructions.as_deref();
    own.unwrap_or(&spec.instructions).trim()
}
