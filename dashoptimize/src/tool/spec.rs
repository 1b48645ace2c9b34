//! What a model is told of a tool.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::Value;

use super::foreign;
use crate::adapter::push_arguments;
use crate::signature::{Property, Text, Ty, json_schema};

/// Name, description and parameters of a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// The name that the model calls: letters, digits, `_` and `-`, 64 of them at most.
    pub name: Text,
    /// What the tool does and when to use it; may be empty.
    pub description: Text,
    /// What it takes.
    pub parameters: Parameters,
}

/// What a tool takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// These arguments. An [`Optional`](Ty::Optional) one may be left out.
    Typed(Cow<'static, [Property]>),
    /// The arguments that a JSON schema of an object describes, as it came from elsewhere. Names,
    /// presence and types are checked at the top level; the rest is left to the tool.
    Schema(Value),
}

/// One argument of a tool, as the check sees it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Argument {
    pub(super) property: Property,
    pub(super) required: bool,
}

impl ToolSpec {
    /// A tool of typed arguments.
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
        arguments: impl Into<Cow<'static, [Property]>>,
    ) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            parameters: Parameters::Typed(arguments.into()),
        }
    }

    /// A tool whose arguments a JSON schema of an object describes.
    pub fn with_schema(name: impl Into<Text>, description: impl Into<Text>, schema: Value) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            parameters: Parameters::Schema(schema),
        }
    }

    /// The arguments as a JSON schema (draft 2020-12) of an object.
    #[must_use]
    pub fn json_schema(&self) -> Value {
        match &self.parameters {
            Parameters::Typed(arguments) => json_schema::properties(arguments),
            Parameters::Schema(schema) => schema.clone(),
        }
    }

    /// The tool as a prompt describes it: a line with name and description, then one for each argument.
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
            Parameters::Typed(arguments) if arguments.is_empty() => {
                words.push_str("   It takes no arguments.");
            }
            Parameters::Typed(arguments) => push_arguments(&mut words, arguments),
            Parameters::Schema(schema) => {
                // Writing to a `String` cannot fail.
                let _ = write!(words, "   Its arguments, as a JSON schema: {schema}");
            }
        }
        words.truncate(words.trim_end().len());
        words
    }

    /// The arguments by name.
    pub(super) fn arguments(&self) -> Vec<Argument> {
        match &self.parameters {
            Parameters::Typed(arguments) => arguments.iter().map(Argument::typed).collect(),
            Parameters::Schema(schema) => foreign::arguments(schema),
        }
    }

    /// Whether the tool takes arguments that it does not name.
    pub(super) fn takes_others(&self) -> bool {
        match &self.parameters {
            Parameters::Typed(_) => false,
            Parameters::Schema(schema) => foreign::takes_others(schema),
        }
    }
}

impl Argument {
    fn typed(property: &Property) -> Self {
        Self {
            property: property.clone(),
            required: !matches!(*property.ty, Ty::Optional(_)),
        }
    }
}
