//! An `LLMNode` by its name and options: the node of a pipeline, or what `module!` names.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::lm::Lm;
use crate::module::LLMNode;
use crate::signature::{SignatureSpec, SpecError, make_signature};

/// A name for a node over a state.
pub trait OverState {
    /// The node.
    type Node;
}

/// Whether a type is a state.
#[must_use]
pub const fn is_state<S: Serialize + DeserializeOwned + Send + Sync + 'static>() -> bool {
    true
}

/// What the signature of a node may be given as.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a signature",
    label = "the signature of a node is wanted here",
    note = "write a text such as `\"question -> answer\"`, or call a function that makes a `SignatureSpec`"
)]
pub trait NodeSignature {
    /// The signature with these instructions, if there are any.
    ///
    /// # Errors
    ///
    /// If it is a text that is not a signature.
    fn with(self, instructions: &str) -> Result<SignatureSpec, SpecError>;
}

impl NodeSignature for &str {
    fn with(self, instructions: &str) -> Result<SignatureSpec, SpecError> {
        make_signature(self, instructions)
    }
}

impl NodeSignature for String {
    fn with(self, instructions: &str) -> Result<SignatureSpec, SpecError> {
        make_signature(&self, instructions)
    }
}

impl NodeSignature for SignatureSpec {
    fn with(mut self, instructions: &str) -> Result<SignatureSpec, SpecError> {
        if !instructions.trim().is_empty() {
            self.instructions = instructions.to_owned().into();
        }
        Ok(self)
    }
}

impl NodeSignature for Result<SignatureSpec, SpecError> {
    fn with(self, instructions: &str) -> Result<SignatureSpec, SpecError> {
        self?.with(instructions)
    }
}

/// A node over a state, whose type has no bounds here: a state that is none was reported.
pub trait StateNode: Sized {
    /// A node of this signature on this model.
    fn of(signature: SignatureSpec, lm: Lm) -> Self;
}

impl<S> StateNode for LLMNode<S> {
    fn of(signature: SignatureSpec, lm: Lm) -> Self {
        Self::new(signature, lm, "predict")
    }
}

/// A node on this model.
///
/// # Panics
///
/// If the signature is a text that is not one.
#[track_caller]
pub fn llm_node<N: StateNode>(
    lm: Lm,
    signature: impl NodeSignature,
    instructions: impl AsRef<str>,
) -> N {
    match signature.with(instructions.as_ref()) {
        Ok(signature) => N::of(signature, lm),
        Err(error) => panic!("{error}"),
    }
}
