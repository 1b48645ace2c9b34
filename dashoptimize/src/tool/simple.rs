//! `SimpleTool`: a tool around a closure.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::callable::Tool;
use super::error::ToolError;
use super::spec::ToolSpec;
use crate::lm::BoxFuture;
use crate::signature::{Property, Text, Ty, TyRef};

/// A tool made from an async closure that takes one text.
///
/// ```
/// use dashoptimize::tool::SimpleTool;
///
/// # async fn search_web(query: &str) -> Result<String, std::io::Error> { Ok(query.to_owned()) }
/// let search = SimpleTool::new(
///     "search",
///     "Search the web for information",
///     |query| async move { Ok(search_web(&query).await?) },
/// );
/// # let _ = search;
/// ```
///
/// For several arguments, or for types other than text, use `#[tool]` on a function.
#[derive(Clone)]
pub struct SimpleTool {
    spec: Arc<ToolSpec>,
    parameter: Text,
    run: Arc<Closure>,
}

type Closure = dyn Fn(String) -> BoxFuture<'static, Result<String, ToolError>> + Send + Sync;

impl SimpleTool {
    /// A tool with this name and description, which runs the closure on the text that the model
    /// provides. In the closure, `?` converts any error.
    pub fn new<F, Fut>(name: impl Into<Text>, description: impl Into<Text>, run: F) -> Self
    where
        F: Fn(String) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, ToolError>> + Send + 'static,
    {
        let spec = ToolSpec::typed(name, description, Vec::new());
        let tool = Self {
            spec: Arc::new(spec),
            parameter: Text::default(),
            run: Arc::new(move |text| Box::pin(run(text))),
        };
        tool.with_parameter("input", "")
    }

    /// Sets the name and the description of the parameter. Default: `input`, without a description.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<Text>, doc: impl Into<Text>) -> Self {
        self.parameter = name.into();
        let parameter = Property {
            name: self.parameter.clone(),
            doc: doc.into(),
            ty: TyRef::Static(&Ty::Str),
        };
        let ToolSpec {
            name, description, ..
        } = Arc::unwrap_or_clone(self.spec);
        self.spec = Arc::new(ToolSpec::typed(name, description, vec![parameter]));
        self
    }
}

impl Tool for SimpleTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call(&self, mut arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>> {
        match arguments.remove(&*self.parameter) {
            Some(Value::String(text)) => (self.run)(text),
            _ => {
                let message = format!("`{}` must be given, as a text", self.parameter);
                Box::pin(std::future::ready(Err(ToolError::new(message))))
            }
        }
    }
}

impl fmt::Debug for SimpleTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimpleTool")
            .field("spec", &self.spec)
            .finish_non_exhaustive()
    }
}
