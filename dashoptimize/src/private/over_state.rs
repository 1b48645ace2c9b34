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

/// What goes through a node.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a state",
    label = "a node reads its inputs from a state and writes its outputs into it",
    note = "derive `serde::Serialize` and `serde::Deserialize` for `{Self}`"
)]
pub trait State {}

#[diagnostic::do_not_recommend]
impl<S: Serialize + DeserializeOwned + Send + Sync + 'static> State for S {}

/// Whether a type is a state.
#[must_use]
pub const fn is_state<S: State>() -> bool {
    true
}

/// What the signature of a node may be given as.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a signature",
    label = "the signature of a node is wanted here",
    note = "write a text such as `\"question -> answer\"`, or call a function that makes a `SignatureSpec`"
)]
pub trait NodeSignature {
    /// The signature.
    ///
    /// # Errors
    ///
    /// If it is a text that is not a signature.
    fn spec(self) -> Result<SignatureSpec, SpecError>;
}

#[diagnostic::do_not_recommend]
impl NodeSignature for &str {
    fn spec(self) -> Result<SignatureSpec, SpecError> {
        make_signature(self, "")
    }
}

#[diagnostic::do_not_recommend]
impl NodeSignature for String {
    fn spec(self) -> Result<SignatureSpec, SpecError> {
        make_signature(&self, "")
    }
}

#[diagnostic::do_not_recommend]
impl NodeSignature for SignatureSpec {
    fn spec(self) -> Result<SignatureSpec, SpecError> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl NodeSignature for Result<SignatureSpec, SpecError> {
    fn spec(self) -> Result<SignatureSpec, SpecError> {
        self
    }
}

/// The signature of a node.
///
/// # Panics
///
/// If it is a text that is not a signature.
#[track_caller]
pub fn node_signature(signature: impl NodeSignature) -> SignatureSpec {
    match signature.spec() {
        Ok(signature) => signature,
        Err(error) => panic!("{error}"),
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

/// A node on this model, with these instructions if there are any.
pub fn llm_node<N: StateNode>(lm: Lm, mut signature: SignatureSpec, instructions: &str) -> N {
    if !instructions.trim().is_empty() {
        signature.instructions = instructions.trim().to_owned().into();
    }
    N::of(signature, lm)
}
