//! What can be the state of a graph.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The state of a [`StateGraph`](super::StateGraph): any serde struct. Nothing is implemented for it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the state of a graph",
    label = "nodes read fields of the state and write fields of it",
    note = "derive `Clone`, `serde::Serialize` and `serde::Deserialize` for `{Self}`"
)]
pub trait GraphState: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<S: Clone + Serialize + DeserializeOwned + Send + Sync + 'static> GraphState for S {}
