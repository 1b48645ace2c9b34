//! A labelled row, as evaluation and optimizers see it.

use serde::Serialize;
use serde_json::{Map, Value};

/// A labelled row that a program with the input `I` can be tried on.
///
/// `#[signature]` implements it for its struct, with `I` the generated input type: gold values stay
/// behind. A plain serde struct is its own input, which is what [`LLMNode`](crate::module::LLMNode)
/// takes; the node gives only the signature's inputs to the model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an example for this program",
    label = "the program takes `{I}`, which this row cannot give",
    note = "use the program's own signature struct as the row, or implement `Example<{I}>`"
)]
pub trait Example<I>: Send + Sync + 'static {
    /// What the program is given.
    fn input(&self) -> I;

    /// All values of the row by field name, gold values included: what labelled demos are made of.
    fn fields(&self) -> Map<String, Value>;
}

impl<T> Example<Self> for T
where
    T: Clone + Serialize + Send + Sync + 'static,
{
    fn input(&self) -> Self {
        self.clone()
    }

    fn fields(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            // A row that is no object has no named fields; it can be evaluated, but not shown.
            _ => Map::new(),
        }
    }
}
