//! `SimpleTool`: a tool around a closure.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::callable::Tool;
use super::error::ToolError;
use super::output::ToolOutput;
use super::spec::ToolSpec;
use crate::lm::BoxFuture;
use crate::signature::{Property, Text, Ty, TyRef};

/// A tool made from a closure that takes one text. What the closure captures is the state of the tool.
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
///
/// let shout = SimpleTool::new("shout", "Says it loudly.", |text| text.to_uppercase());
/// # let _ = shout;
/// ```
///
/// A closure that is not async returns what a function with `#[tool]` may return: a text, another
/// [`FieldType`](crate::signature::FieldType), or a `Result` of one with any error. An async closure returns
/// such a result with a [`ToolError`], into which `?` converts any error.
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
    /// provides.
    pub fn new<F, R, Way>(name: impl Into<Text>, description: impl Into<Text>, run: F) -> Self
    where
        F: Fn(String) -> R + Send + Sync + 'static,
        R: ToolCall<Way>,
    {
        let spec = ToolSpec::typed(name, description, Vec::new());
        let tool = Self {
            spec: Arc::new(spec),
            parameter: Text::default(),
            run: Arc::new(move |text| run(text).into_call()),
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

/// What the closure of a [`SimpleTool`] may return: a [`ToolOutput`], or a future of a `Result` of one and a
/// [`ToolError`].
#[diagnostic::on_unimplemented(
    message = "the closure of a tool cannot return `{Self}`",
    label = "expected a text, another field type, a `Result` of one of these, or a future",
    note = "a future ends in a `Result` with a `ToolError`: `async move {{ Ok(find(&text).await?) }}`, in which \
            `?` converts any error"
)]
pub trait ToolCall<Way> {
    /// The call.
    fn into_call(self) -> BoxFuture<'static, Result<String, ToolError>>;
}

/// The result is there at once.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce;

/// The result is awaited.
#[derive(Clone, Copy, Debug)]
pub struct Awaited;

#[diagnostic::do_not_recommend]
impl<T: ToolOutput> ToolCall<AtOnce> for T {
    fn into_call(self) -> BoxFuture<'static, Result<String, ToolError>> {
        Box::pin(std::future::ready(self.into_text()))
    }
}

#[diagnostic::do_not_recommend]
impl<F, T> ToolCall<Awaited> for F
where
    F: Future<Output = Result<T, ToolError>> + Send + 'static,
    T: ToolOutput,
{
    fn into_call(self) -> BoxFuture<'static, Result<String, ToolError>> {
        Box::pin(async move { self.await?.into_text() })
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
