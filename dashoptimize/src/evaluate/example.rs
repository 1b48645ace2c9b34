//! Labelled rows, as evaluations and optimizers see them.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::signature::Field;

/// A labelled row that a program with the input `I` can be run on.
///
/// `#[signature]` implements this for its struct, with the generated input type as `I`, so that gold
/// values never reach the program. Any struct that is `Clone` and `Serialize` is its own input, which
/// is what [`LLMNode`](crate::module::LLMNode) takes; the node shows only the inputs of its signature
/// to the model.
///
/// Implement it for your own rows if a program takes something else:
///
/// ```
/// use dashoptimize::evaluate::Example;
/// use serde_json::{Map, Value, json};
///
/// struct Sum {
///     left: u32,
///     right: u32,
///     gold: u32,
/// }
///
/// impl Example<String> for Sum {
///     fn input(&self) -> String {
///         format!("{} + {}", self.left, self.right)
///     }
///
///     fn fields(&self) -> Map<String, Value> {
///         let fields = [("sum", json!(self.input())), ("result", json!(self.gold))];
///         fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an example for this program",
    label = "the program takes `{I}`, which this row cannot give",
    note = "use the program's own signature struct as the row; a pipeline names its rows with \
            `#[with(rows = {Self})]` above its `fn`; for other rows, implement `Example<{I}>`"
)]
pub trait Example<I>: Send + Sync + 'static {
    /// Which fields of the row are inputs and which are gold outputs, if the type of the row says so, as
    /// that of a signature does. The results of an evaluation show these fields. If it is `None`, as by
    /// default, they show the fields that are inputs or outputs of a predictor of the program.
    const ROLES: Option<&'static [Field]> = None;

    /// The input of the program.
    fn input(&self) -> I;

    /// All values of the row by field name, including gold values. Labelled demos are made of them.
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
            // A row that is not an object has no named fields: it can be evaluated, but not shown.
            _ => Map::new(),
        }
    }
}
