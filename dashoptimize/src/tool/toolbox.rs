//! `Toolbox`: the tools of a program, by name.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::{Map, Value};

use super::callable::Tool;
use super::error::ToolError;
use super::failure::ToolFailure;
use super::into_tool::IntoTool;
use super::name;
use super::spec::ToolSpec;
use crate::adapter::same_name;
use crate::error_text::debug_is_message;
use crate::lm::ToolDef;
use crate::signature::suggestion::quoted_list;

/// Tools with distinct names, in a fixed order. Cloning it is cheap.
///
/// ```
/// use dashoptimize::tool::{SimpleTool, Toolbox};
/// use dashoptimize::{tool, tools};
///
/// /// Adds two numbers.
/// #[tool]
/// fn add(a: f64, b: f64) -> f64 {
///     a + b
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let echo = SimpleTool::new("echo", "Says it again.", |text| async move { Ok(text) });
/// let toolbox = Toolbox::new(tools![add, &echo])?;
/// let sum = toolbox.call("add", serde_json::json!({"a": 1, "b": "2"})).await?;
/// assert_eq!(sum, "3.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Toolbox {
    tools: Arc<[Arc<dyn Tool>]>,
}

/// A list of tools that cannot be used, because names are equal, reserved or invalid.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ToolboxError {
    /// Two tools have the same name.
    #[error("two tools are called `{name}`; rename one of them")]
    SameName {
        /// The name.
        name: String,
    },
    /// The name has another meaning in the program.
    #[error("`{name}` is what an agent calls when it is done; rename the tool")]
    ReservedName {
        /// The name.
        name: String,
    },
    /// Providers do not accept the name.
    #[error(
        "`{name}` cannot be the name of a tool; use letters, digits, `_` and `-`, 64 of them at most"
    )]
    InvalidName {
        /// The name.
        name: String,
    },
    /// Code cannot call a function of this name, because it starts with a digit or is a keyword.
    #[error("`{name}` cannot be called from Python; rename the tool")]
    InvalidPythonName {
        /// The name of the function in Python.
        name: String,
    },
    /// The name means something else in the code: a builtin of Python, an input, or `SUBMIT`.
    #[error(
        "`{name}` means something else in the code (a builtin of Python, an input, or `SUBMIT`); rename \
         the tool, or use `tools_with_prefix` for those of a server"
    )]
    TakenPythonName {
        /// The name of the function in Python.
        name: String,
    },
    /// Two tools have the same name in Python, where `-` is written `_`.
    #[error("two tools are called `{name}` in Python; rename one of them")]
    SamePythonName {
        /// The name of the function in Python.
        name: String,
    },
}

debug_is_message!(ToolboxError);

impl Toolbox {
    /// A toolbox with the tools of a list that `tools![…]` makes, or of an array or `Vec`.
    ///
    /// # Errors
    ///
    /// Returns an error if two tools have the same name, or if a name is empty, longer than 64 characters
    /// or contains anything but letters, digits, `_` and `-`.
    pub fn new<T: IntoTool>(tools: impl IntoIterator<Item = T>) -> Result<Self, ToolboxError> {
        let tools: Arc<[_]> = tools.into_iter().map(IntoTool::into_tool).collect();
        let mut seen = BTreeSet::new();
        for tool in &*tools {
            let name = &*tool.spec().name;
            if !name::is_valid(name) {
                return Err(ToolboxError::InvalidName {
                    name: name.to_owned(),
                });
            }
            if !seen.insert(name) {
                return Err(ToolboxError::SameName {
                    name: name.to_owned(),
                });
            }
        }
        Ok(Self { tools })
    }

    /// The specs of the tools, in order.
    pub fn specs(&self) -> impl ExactSizeIterator<Item = &ToolSpec> {
        self.tools.iter().map(|tool| tool.spec())
    }

    /// The definitions of the tools for a request to a model with native tool calling.
    #[must_use]
    pub fn defs(&self) -> Arc<[ToolDef]> {
        let defs = self.specs().map(|spec| {
            let description = spec.description.trim();
            ToolDef::new(spec.name.to_string(), description, spec.json_schema())
        });
        defs.collect()
    }

    /// The tool with exactly this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Tool>> {
        self.tools.iter().find(|tool| tool.spec().name == name)
    }

    /// Calls a tool with the arguments that a model wrote: an object, or a text that contains one. The
    /// name and the arguments are read tolerantly; see [`ToolSpec::read_arguments`].
    ///
    /// # Errors
    ///
    /// Returns a [`ToolFailure`] if there is no such tool, the arguments are wrong, or the tool fails or
    /// panics. Its text is meant for the model.
    pub async fn call(&self, name: &str, arguments: Value) -> Result<String, ToolFailure> {
        let tool = self.find(name).ok_or_else(|| self.unknown(name))?;
        let arguments = tool.spec().read_arguments(arguments)?;
        let name = || tool.spec().name.to_string();
        match run(&**tool, arguments).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => Err(ToolFailure::Failed {
                tool: name(),
                error,
            }),
            Err(message) => Err(ToolFailure::Panicked {
                tool: name(),
                message,
            }),
        }
    }

    /// The tool with this name, or the only one whose name differs only in case and punctuation.
    fn find(&self, name: &str) -> Option<&Arc<dyn Tool>> {
        self.get(name).or_else(|| {
            let mut similar = self
                .tools
                .iter()
                .filter(|tool| same_name(&tool.spec().name, name));
            match (similar.next(), similar.next()) {
                (Some(tool), None) => Some(tool),
                _ => None,
            }
        })
    }

    fn unknown(&self, name: &str) -> ToolFailure {
        ToolFailure::UnknownTool {
            name: name.to_owned(),
            known: self.specs().map(|spec| spec.name.to_string()).collect(),
        }
    }
}

/// Runs a tool and catches a panic, whose message is the outer error. A tool may also panic before it
/// returns its future.
async fn run(
    tool: &dyn Tool,
    arguments: Map<String, Value>,
) -> Result<Result<String, ToolError>, String> {
    let call = async { tool.call(arguments).await };
    AssertUnwindSafe(call)
        .catch_unwind()
        .await
        .map_err(|panic| panic_message(&*panic))
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it did not say why".to_owned())
}

impl fmt::Debug for Toolbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = quoted_list(self.specs().map(|spec| &*spec.name));
        f.debug_tuple("Toolbox").field(&names).finish()
    }
}
