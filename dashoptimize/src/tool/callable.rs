//! `Tool`: something that a model can call.

use serde_json::{Map, Value};

use super::error::ToolError;
use super::spec::ToolSpec;
use crate::lm::BoxFuture;

/// The arguments of a call by name: a `Map` of `serde_json`, under a name that needs no other crate.
pub type Arguments = Map<String, Value>;

/// Something that a model can call.
///
/// Calls may run concurrently. In programs that are optimized, the result should depend on the
/// arguments alone: a resumed run reads the replies of models from its journal, but calls tools again.
///
/// ```
/// use dashoptimize::lm::BoxFuture;
/// use dashoptimize::tool::{Arguments, Tool, ToolError, ToolSpec};
///
/// /// Looks up how many pieces of an article are in stock.
/// struct Stock {
///     spec: ToolSpec,
/// }
///
/// impl Tool for Stock {
///     fn spec(&self) -> &ToolSpec {
///         &self.spec
///     }
///
///     fn call(&self, arguments: Arguments) -> BoxFuture<'_, Result<String, ToolError>> {
///         Box::pin(async move {
///             match arguments["article"].as_str() {
///                 Some("lamp") => Ok("3".to_owned()),
///                 _ => Err(ToolError::new("unknown article")),
///             }
///         })
///     }
/// }
/// ```
pub trait Tool: Send + Sync + 'static {
    /// The name, the description and the parameters of the tool.
    fn spec(&self) -> &ToolSpec;

    /// Runs the tool. A [`Toolbox`](super::Toolbox) passes only arguments that it has checked against
    /// the spec: every required argument is present, there are no unknown ones, and each has its type.
    ///
    /// # Errors
    ///
    /// Returns an error if the tool fails. The program continues, and the model is shown the error.
    fn call(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>>;
}
