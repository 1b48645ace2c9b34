//! The text of a tool result.

use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

use super::limits;
use crate::tool::ToolError;
use crate::tool::excerpt::excerpt;

const UNKNOWN: &str = "[a part of an unknown kind, left out]";

/// The text of a result, at most `limit` characters of it. A result that the server marks as an error
/// becomes an error.
pub(super) fn text(result: CallToolResult, limit: usize) -> Result<String, ToolError> {
    let blocks: Vec<String> = result.content.iter().map(block).collect();
    let text = match result.structured_content {
        // A server that sends both sends the same content twice.
        Some(structured) if blocks.is_empty() => structured.to_string(),
        _ => blocks.join("\n"),
    };
    match result.is_error {
        Some(true) => Err(ToolError::new(excerpt(&text, limit.min(limits::TEXT)))),
        _ => Ok(excerpt(&text, limit)),
    }
}

/// A part of a result. For a part that is not text, the model is told that there is one.
fn block(block: &ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text.clone(),
        ContentBlock::Image(image) => left_out("an image", &image.mime_type),
        ContentBlock::Audio(audio) => left_out("a recording", &audio.mime_type),
        ContentBlock::ResourceLink(link) => format!("[a link to `{}`: {}]", link.name, link.uri),
        ContentBlock::Resource(embedded) => match &embedded.resource {
            ResourceContents::TextResourceContents { text, .. } => text.clone(),
            ResourceContents::BlobResourceContents { mime_type, .. } => {
                left_out("a file", mime_type.as_deref().unwrap_or("of unknown type"))
            }
            _ => UNKNOWN.to_owned(),
        },
        _ => UNKNOWN.to_owned(),
    }
}

fn left_out(what: &str, mime_type: &str) -> String {
    format!("[{what}, {mime_type}, left out]")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(result: Value) -> Result<String, String> {
        let result = serde_json::from_value(result).expect("a result of the protocol");
        text(result, 100).map_err(|error| error.to_string())
    }

    #[test]
    fn every_part_is_mentioned() {
        let parts = json!({"content": [
            {"type": "text", "text": "a"},
            {"type": "image", "data": "AA==", "mimeType": "image/png"},
            {"type": "resource", "resource": {"uri": "file:///b", "text": "b"}},
            {"type": "resource", "resource": {"uri": "file:///c", "blob": "AA=="}},
            {"type": "resource_link", "uri": "file:///d", "name": "d"},
        ]});
        let expected = "a\n[an image, image/png, left out]\nb\n[a file, of unknown type, left out]\n\
                        [a link to `d`: file:///d]";
        assert_eq!(read(parts), Ok(expected.to_owned()));
    }

    #[test]
    fn structured_content_stands_in_for_a_text() {
        let alone = json!({"content": [], "structuredContent": {"a": [1]}});
        assert_eq!(read(alone), Ok(r#"{"a":[1]}"#.to_owned()));
        let both = json!({
            "content": [{"type": "text", "text": "one"}],
            "structuredContent": {"a": [1]},
        });
        assert_eq!(read(both), Ok("one".to_owned()));
    }

    #[test]
    fn a_long_text_is_cut() {
        let result = |error: bool| {
            let parts = json!([{"type": "text", "text": "é".repeat(150)}]);
            read(json!({"content": parts, "isError": error}))
        };
        let cut = format!("{}\n… (50 more characters)", "é".repeat(100));
        assert_eq!(result(false), Ok(cut.clone()));
        assert_eq!(result(true), Err(cut));
    }

    #[test]
    fn an_error_is_an_error() {
        let error = json!({"content": [{"type": "text", "text": "no such file"}], "isError": true});
        assert_eq!(read(error), Err("no such file".to_owned()));
    }
}
