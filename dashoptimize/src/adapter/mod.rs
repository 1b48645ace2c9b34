//! Between a signature and a chat: values become messages, and a reply becomes values.
//!
//! In a prompt, everything that is constant comes first and is stated once: the instructions, the
//! fields, the form of the reply, and then the demos. The query comes last and has exactly the form of
//! the user turn of a demo.

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
pub use receipt::{BrokenCheck, ParseError, ParseProblem, Parsed, Receipt, Repair};
pub use schema::json_schema;

pub(crate) use reader::{Effort, Entries, WrittenJson, keys_of, object_in, read_value};
pub(crate) use receipt::one_line;
pub(crate) use render::{demo_turns, push_arguments, push_inputs};
pub(crate) use spelling::same_name;

use std::fmt;

use serde_json::Value;

use crate::lm::{Message, ReplyFormat};
use crate::signature::SignatureSpec;
use crate::state::{Demo, PredictorState};

/// Turns a signature and values into messages of a chat, and replies into values.
pub trait Adapter: fmt::Debug + Send + Sync + 'static {
    /// The name in artifacts and reports, such as `chat`.
    fn name(&self) -> &'static str;

    /// The messages before the demos: what the step does, its fields, and the form of a reply. The
    /// prose of `state` replaces the prose of the signature.
    fn opening(&self, spec: &SignatureSpec, state: &PredictorState) -> Vec<Message>;

    /// A demo as a turn of the user and a turn of the model.
    fn demo(&self, spec: &SignatureSpec, demo: &Demo) -> [Message; 2];

    /// The constant messages: the opening, then the demos of the state. Demos that lack a field come
    /// first, so that the model sees complete demos last.
    fn prefix(&self, spec: &SignatureSpec, state: &PredictorState) -> Vec<Message> {
        let mut messages = self.opening(spec, state);
        let demos = state.complete_last(spec);
        messages.extend(demos.flat_map(|demo| self.demo(spec, demo)));
        messages
    }

    /// The text of the user turn for these inputs, which are given in the order of the spec. The same
    /// code makes the user turn of a demo.
    fn query(&self, spec: &SignatureSpec, inputs: &[Value]) -> String;

    /// Reads the outputs, in the order of the spec and with exactly the types of the spec.
    ///
    /// # Errors
    ///
    /// If an output is missing or cannot be read. The error lists the problems of all outputs and holds
    /// the whole reply.
    fn parse(&self, spec: &SignatureSpec, reply: &str) -> Result<Parsed, ParseError>;

    /// The text of the user turn that asks the model to correct a reply that could not be read.
    fn repair(&self, spec: &SignatureSpec, error: &ParseError) -> String;

    /// The form of the reply that a provider may enforce.
    fn format(&self, spec: &SignatureSpec) -> ReplyFormat {
        let _ = spec;
        ReplyFormat::Text
    }

    /// Texts that end a reply.
    fn stop(&self) -> Vec<String> {
        Vec::new()
    }
}
