//! `ToolSpec`: what a model is told about a tool.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::Value;

use super::argument::Argument;
use super::foreign;
use crate::adapter::push_arguments;
use crate::signature::{Property, Text, json_schema};

/// The name, the description and the parameters of a tool.
///
/// It is made by [`typed`](Self::typed) or [`with_schema`](Self::with_schema).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ToolSpec {
    /// The name by which the model calls the tool: at most 64 letters, digits, `_` and `-`.
    pub name: Text,
    /// What the tool does and when to use it. May be empty.
    pub description: Text,
    /// The arguments that it takes.
    pub parameters: ToolParameters,
}

/// The parameters of a tool.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ToolParameters {
    /// Parameters with the types of fields. An argument of type [`Optional`](crate::signature::Ty::Optional)
    /// may be left out.
    Typed(Cow<'static, [Property]>),
    /// A JSON schema of an object, for tools that come from elsewhere, such as a server. Names, presence
    /// and types of arguments are checked at the top level of the schema; the rest is left to the tool.
    Schema(Value),
}

impl ToolSpec {
    /// A tool with typed parameters.
    ///
    /// ```
    /// use dashoptimize::signature::{FieldType, Property};
    /// use dashoptimize::tool::ToolSpec;
    ///
    /// let query = Property::new("query", String::TYPE).with_doc("what to look for");
    /// let spec = ToolSpec::typed("search", "Searches the library.", vec![query]);
    /// assert_eq!(spec.json_schema()["properties"]["query"]["type"], "string");
    /// ```
    pub fn typed(
        name: impl Into<Text>,
        description: impl Into<Text>,
        parameters: impl Into<Cow<'static, [Property]>>,
    ) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            parameters: ToolParameters::Typed(parameters.into()),
        }
    }

    /// A tool whose parameters are described by the JSON schema of an object.
    ///
    /// ```
    /// use dashoptimize::tool::ToolSpec;
    /// use serde_json::json;
    ///
    /// let schema = json!({
    ///     "type": "object",
    ///     "properties": {"path": {"type": "string"}},
    ///     "required": ["path"],
    /// });
    /// let spec = ToolSpec::with_schema("read_file", "Reads a file.", schema.clone());
    /// assert_eq!(spec.json_schema(), schema);
    /// ```
    pub fn with_schema(name: impl Into<Text>, description: impl Into<Text>, schema: Value) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            parameters: ToolParameters::Schema(schema),
        }
    }

    /// The parameters as the JSON schema (draft 2020-12) of an object.
    #[must_use]
    pub fn json_schema(&self) -> Value {
        match &self.parameters {
            ToolParameters::Typed(arguments) => json_schema::properties(arguments),
            ToolParameters::Schema(schema) => schema.clone(),
        }
    }

    /// The description of the tool in a prompt: a line with name and description, then a line for each
    /// parameter.
    ///
    /// ```
    /// use dashoptimize::tool::{SimpleTool, Tool};
    ///
    /// let search = SimpleTool::new("search", "Searches the library.", |query| async move {
    ///     Ok(format!("nothing about {query}"))
    /// });
    /// let search = search.with_parameter("query", "what to look for");
    /// assert_eq!(
    ///     search.spec().in_words(),
    ///     "`search`: Searches the library.\n   - `query` (text): what to look for"
    /// );
    /// ```
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut words = format!("`{}`", self.name);
        let description = self.description.trim();
        if !description.is_empty() {
            words.push_str(": ");
            words.push_str(&description.replace('\n', "\n   "));
        }
        words.push('\n');
        match &self.parameters {
            ToolParameters::Typed(arguments) if arguments.is_empty() => {
                words.push_str("   It takes no arguments.");
            }
            ToolParameters::Typed(arguments) => push_arguments(&mut words, arguments),
            ToolParameters::Schema(schema) => {
                // Writing to a `String` cannot fail.
                let _ = write!(words, "   Its arguments, as a JSON schema: {schema}");
            }
        }
        words.truncate(words.trim_end().len());
        words
    }

    /// The parameters, as the check of a call needs them.
    pub(super) fn arguments(&self) -> Vec<Argument> {
        match &self.parameters {
            ToolParameters::Typed(arguments) => arguments.iter().map(Argument::typed).collect(),
            ToolParameters::Schema(schema) => foreign::arguments(schema),
        }
    }

    /// Whether the tool accepts arguments that its parameters do not name.
    pub(super) fn accepts_others(&self) -> bool {
        match &self.parameters {
            ToolParameters::Typed(_) => false,
            ToolParameters::Schema(schema) => foreign::accepts_others(schema),
        }
    }
}
