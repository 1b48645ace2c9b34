//! Tools: their descriptions for models, and calls.

use std::sync::Arc;

use dashoptimize::lm::BoxFuture;
use dashoptimize::tool::{
    SimpleTool, Tool, ToolError, ToolFailure, ToolSpec, Toolbox, ToolboxError,
};
use dashoptimize::{FieldType, tool, tools};
use serde_json::{Map, Value, json};

/// How to sort.
#[derive(Clone, Debug, PartialEq, FieldType)]
enum Order {
    /// newest first
    Newest,
    /// by the alphabet
    Alphabet,
}

/// One hit.
#[derive(Clone, Debug, PartialEq, FieldType)]
struct Hit {
    title: String,
    page: u32,
}

/// Searches the library.
///
/// Use it for facts.
#[tool]
async fn search(
    /// what to look for
    query: &str,
    /// how many hits, 2 if left out
    top_k: Option<u8>,
    order: Order,
    among: &[Hit],
) -> Vec<Hit> {
    let hits = among.iter().filter(|hit| hit.title.contains(query));
    let mut hits: Vec<Hit> = hits.cloned().collect();
    if order == Order::Alphabet {
        hits.sort_by(|a, b| a.title.cmp(&b.title));
    }
    hits.truncate(top_k.unwrap_or(2).into());
    hits
}

#[derive(Debug, thiserror::Error)]
#[error("the library is closed")]
struct Closed(#[source] std::io::Error);

/// Borrows a book.
#[tool]
fn borrow(title: &str) -> Result<String, Closed> {
    match title {
        "Dune" => Ok("here it is".to_owned()),
        _ => Err(Closed(std::io::Error::other("a water pipe broke"))),
    }
}

/// Divides.
#[tool(name = "divide", description = "Divides one number by another.")]
fn division(a: i64, b: i64) -> i64 {
    a / b
}

#[tool]
async fn stop() {
    tokio::task::yield_now().await;
    panic!("stopped at {}", 7);
}

/// Panics before it returns its future.
struct Hasty(ToolSpec);

impl Tool for Hasty {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    fn call(&self, _: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>> {
        panic!("too early")
    }
}

fn toolbox() -> Toolbox {
    let echo = SimpleTool::new("echo", "Says it again.", |text| async move { Ok(text) });
    let hasty = ToolSpec::typed("hasty", "", Vec::new());
    Toolbox::new(tools![search, borrow, division, stop, &echo, Hasty(hasty)]).expect("sound tools")
}

async fn failure(name: &str, arguments: Value) -> ToolFailure {
    let called = toolbox().call(name, arguments).await;
    called.expect_err("the call fails")
}

#[tokio::test]
async fn arguments_reach_a_function_with_their_types() {
    let hits = json!([
        {"title": "sand dunes", "page": 3},
        {"title": "sand", "page": "4"},
        {"title": "sea", "page": 5},
        {"title": "a sand castle", "page": 6},
    ]);
    let arguments = json!({"query": "sand", "order": "alphabet", "among": hits});
    let found = toolbox().call("search", arguments).await.expect("hits");
    assert_eq!(
        found, r#"[{"title":"a sand castle","page":6},{"title":"sand","page":4}]"#,
        "the first 2 by the alphabet, as JSON"
    );
}

#[tokio::test]
async fn a_name_in_another_spelling_is_understood() {
    for name in ["echo", "Echo", "`echo`", "echo()"] {
        let said = toolbox().call(name, json!("hello")).await;
        assert_eq!(said.expect("an echo"), "hello", "{name}");
    }
}

#[test]
fn a_model_is_told_all_there_is_to_know() {
    let toolbox = toolbox();
    let spec = toolbox.get("search").expect("it is there").spec();
    assert_eq!(
        spec.in_words(),
        "`search`: Searches the library.\n   \n   Use it for facts.\n   \
         - `query` (text): what to look for\n   \
         - `top_k` (whole number from 0 to 255, or null if there is none): how many hits, 2 if left out\n   \
         - `order` (one of these)\n      \
         - Newest: newest first\n      \
         - Alphabet: by the alphabet\n   \
         - `among` (JSON list of objects of these properties)\n      \
         - `title` (text)\n      \
         - `page` (whole number, 0 or more)"
    );
    assert_eq!(
        spec.json_schema(),
        json!({
            "type": "object",
            "required": ["query", "top_k", "order", "among"],
            "additionalProperties": false,
            "properties": {
                "query": {"type": "string", "description": "what to look for"},
                "top_k": {
                    "anyOf": [{"type": "integer", "minimum": 0, "maximum": 255}, {"type": "null"}],
                    "description": "how many hits, 2 if left out",
                },
                "order": {
                    "type": "string",
                    "enum": ["Newest", "Alphabet"],
                    "description": "Newest: newest first\nAlphabet: by the alphabet",
                },
                "among": {"type": "array", "items": {
                    "type": "object",
                    "required": ["title", "page"],
                    "additionalProperties": false,
                    "properties": {
                        "title": {"type": "string"},
                        "page": {"type": "integer", "minimum": 0},
                    },
                    "description": "One hit.",
                }},
            },
        })
    );
    let words = |name| toolbox.get(name).expect("it is there").spec().in_words();
    assert_eq!(words("stop"), "`stop`\n   It takes no arguments.");
    assert_eq!(
        words("divide").lines().next(),
        Some("`divide`: Divides one number by another.")
    );
}

#[tokio::test]
async fn an_invented_tool_is_answered_with_those_there_are() {
    let error = failure("serch", json!({"query": "a"})).await;
    assert_eq!(
        error.to_string(),
        "there is no tool `serch`, did you mean `search`?; the tools are `search`, `borrow`, \
         `divide`, `stop`, `echo` and `hasty`"
    );
    let error = failure("google", json!({})).await;
    assert!(matches!(error, ToolFailure::UnknownTool { .. }), "{error}");
    assert!(error.to_string().starts_with("there is no tool `google`; "));
    let none = Toolbox::default().call("search", json!({})).await;
    assert_eq!(
        none.expect_err("no tools").to_string(),
        "there is no tool `search`; there are no tools at all"
    );
}

#[tokio::test]
async fn bad_arguments_do_not_reach_the_tool() {
    // `stop` would panic.
    let error = failure("stop", json!({"now": true})).await;
    assert!(matches!(error, ToolFailure::Arguments(_)));
    assert_eq!(
        error.to_string(),
        "the arguments of `stop` cannot be used: `now` is not an argument; `stop` takes no arguments"
    );
    let error = failure(
        "search",
        json!({"qury": "a", "order": "oldest", "among": [{"page": 1}]}),
    )
    .await;
    assert_eq!(
        error.to_string(),
        "the arguments of `search` cannot be used: `query` is missing; `order` must be one of \
         `Newest`, `Alphabet`, not \"oldest\"; `among[0].title` is missing; `qury` is not an \
         argument, did you mean `query`?; `search` takes `query`, `top_k`, `order` and `among`"
    );
}

#[tokio::test]
async fn a_failing_tool_says_why_with_its_causes() {
    let error = failure("borrow", json!({"title": "Emma"})).await;
    assert_eq!(
        error.to_string(),
        "`borrow` failed: the library is closed: a water pipe broke"
    );
    let ToolFailure::Failed { error, .. } = error else {
        panic!("{error}");
    };
    assert!(
        error.cause().downcast_ref::<Closed>().is_some(),
        "the error itself is kept"
    );
}

#[tokio::test]
async fn a_panic_ends_the_call_and_nothing_else() {
    for (name, arguments, said) in [
        (
            "divide",
            json!({"a": 1, "b": 0}),
            "attempt to divide by zero",
        ),
        ("stop", json!({}), "stopped at 7"),
        ("hasty", Value::Null, "too early"),
    ] {
        let error = failure(name, arguments).await;
        assert!(matches!(error, ToolFailure::Panicked { .. }), "{error}");
        assert_eq!(
            error.to_string(),
            format!("`{name}` failed: it panicked: {said}")
        );
    }
}

#[tokio::test]
async fn a_tool_called_by_hand_reads_exactly() {
    let divide = tool::of::<division>();
    let arguments = |value: Value| match value {
        Value::Object(arguments) => arguments,
        other => panic!("{other}"),
    };
    let called = divide.call(arguments(json!({"a": 8, "b": 2}))).await;
    assert_eq!(called.expect("a number"), "4");
    for (given, expected) in [
        (json!({"a": 8}), "`b` is missing"),
        (
            json!({"a": 8, "b": "2"}),
            "`b` must be a whole number, not \"2\"",
        ),
        (json!({"a": 8, "b": 2, "c": 1}), "`c` is not a property"),
    ] {
        let error = divide
            .call(arguments(given))
            .await
            .expect_err("bad arguments");
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(division(8, 2), 4);
}

#[test]
fn tools_that_cannot_be_told_apart_are_refused() {
    let named = |name: &'static str| SimpleTool::new(name, "", |text| async move { Ok(text) });
    let error = Toolbox::new([named("a"), named("b"), named("a")]).expect_err("twice `a`");
    assert_eq!(
        error,
        ToolboxError::SameName {
            name: "a".to_owned()
        }
    );
    for name in ["", "a b", "suche_für", &"a".repeat(65)] {
        let tool = SimpleTool::new(name.to_owned(), "", |text| async move { Ok(text) });
        let error = Toolbox::new(vec![Arc::new(tool)]).expect_err("no name");
        assert_eq!(
            error,
            ToolboxError::InvalidName {
                name: name.to_owned()
            }
        );
    }
}
