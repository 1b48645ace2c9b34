//! `ToolOutput`: what a function with `#[tool]` may return.

use std::error::Error;

use serde_json::Value;

use super::error::ToolError;
use crate::signature::FieldType;

/// What a function with `#[tool]` may return.
///
/// The model reads a text as it is, any other [`FieldType`] as JSON, and `()` as the word `done`. A
/// function may also return a `Result` of one of these with any error type.
#[diagnostic::on_unimplemented(
    message = "a tool cannot return `{Self}`",
    label = "the model cannot be told this result",
    note = "return a `String` (`.to_string()`), a type that derives `dashoptimize::FieldType`, or a \
            `Result` of one of these whose error is an error type or a text"
)]
pub trait ToolOutput {
    /// The text that the model reads.
    ///
    /// # Errors
    ///
    /// Returns the error of the function.
    fn into_text(self) -> Result<String, ToolError>;
}

impl<T: FieldType> ToolOutput for T {
    fn into_text(self) -> Result<String, ToolError> {
        Ok(match self.into_json() {
            Value::String(text) => text,
            other => other.to_string(),
        })
    }
}

impl ToolOutput for &str {
    fn into_text(self) -> Result<String, ToolError> {
        Ok(self.to_owned())
    }
}

impl ToolOutput for () {
    fn into_text(self) -> Result<String, ToolError> {
        Ok("done".to_owned())
    }
}

impl<T: ToolOutput, E: Into<Box<dyn Error + Send + Sync>>> ToolOutput for Result<T, E> {
    fn into_text(self) -> Result<String, ToolError> {
        match self {
            Ok(output) => output.into_text(),
            Err(error) => Err(ToolError::from_boxed(error.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bare_and_everything_else_is_json() {
        let text = |output: Result<String, ToolError>| output.expect("no failure");
        assert_eq!(text("a \"b\"".to_owned().into_text()), "a \"b\"");
        assert_eq!(text(vec!["a", "b"].len().into_text()), "2");
        assert_eq!(
            text(vec![Some("a".to_owned()), None].into_text()),
            r#"["a",null]"#
        );
        assert_eq!(text(().into_text()), "done");
    }

    #[test]
    fn any_error_is_kept() {
        let words: Result<u8, &str> = Err("closed");
        assert_eq!(words.into_text().unwrap_err().to_string(), "closed");
        let own: Result<String, ToolError> = Err(ToolError::new("closed"));
        assert_eq!(own.into_text().unwrap_err().to_string(), "closed");
        let system: Result<(), std::io::Error> = Err(std::io::Error::other("closed"));
        let error = system.into_text().unwrap_err();
        assert!(error.cause().downcast_ref::<std::io::Error>().is_some());
    }
}
