//! What the state holds when a graph starts, and when it ends.

use std::sync::{Arc, Mutex};

use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Row {
    question: String,
    hint: String,
    answer: String,
    tries: u32,
    notes: Vec<String>,
}

fn gold() -> Row {
    Row {
        question: "what".to_owned(),
        hint: "the gold hint".to_owned(),
        answer: "the gold answer".to_owned(),
        tries: 7,
        notes: vec!["a gold note".to_owned()],
    }
}

/// A function that keeps what it is given.
fn looking(seen: &Arc<Mutex<Vec<Row>>>) -> impl Fn(Row) -> Row + Send + Sync + 'static {
    let seen = Arc::clone(seen);
    move |row: Row| {
        seen.lock().unwrap().push(row.clone());
        row
    }
}

/// A graph that looks, asks for a hint and then for the answer.
fn graph(lm: &Lm, seen: &Arc<Mutex<Vec<Row>>>) -> StateGraph<Row> {
    let node = |signature: &str| LLMNode::new(make_signature(signature, "").unwrap(), lm, "node");
    let mut graph = StateGraph::<Row>::new("Hinted");
    graph
        .add_node("look", NodeFn::writes(["notes"], looking(seen)))
        .add_node("hint", node("question -> hint"))
        .add_node("answer", node("question, hint -> answer"))
        .set_entry_point("look")
        .add_edge("look", "hint")
        .add_edge("hint", "answer")
        .add_edge("answer", END);
    graph
}

#[tokio::test]
async fn i1_no_node_of_a_graph_starts_from_a_gold_value() {
    let scripted = Scripted::replies(["[[ ## hint ## ]]\nours", "[[ ## answer ## ]]\nours"]);
    let scripted = scripted.keeping_requests();
    let seen = Arc::default();
    let program = graph(&Lm::new(scripted.clone()), &seen).compile().unwrap();
    let answered = program.call(gold()).await.unwrap();
    // Functions are shown empty fields where nodes write them; `tries` is written by none.
    let shown = Row {
        question: "what".to_owned(),
        tries: 7,
        ..Row::default()
    };
    assert_eq!(
        seen.lock().unwrap().as_slice(),
        std::slice::from_ref(&shown)
    );
    let ours = "ours".to_owned();
    assert_eq!(
        answered,
        Row {
            hint: ours.clone(),
            answer: ours,
            ..shown
        }
    );
    for request in scripted.requests() {
        assert!(
            !request
                .messages()
                .any(|message| message.text().contains("gold"))
        );
    }
}

/// A model that fails leaves no gold value behind, and a route that passes a node does not bring one back.
#[tokio::test]
async fn i1_what_no_node_wrote_is_empty_at_the_end() {
    let lm = Lm::new(Scripted::replies(["[[ ## hint ## ]]\nours"]));
    let node = |signature: &str| LLMNode::new(make_signature(signature, "").unwrap(), &lm, "node");
    let mut graph = StateGraph::<Row>::new("Short");
    graph
        .add_node("hint", node("question -> hint"))
        .add_node("answer", node("hint -> answer"))
        .set_entry_point("hint")
        .add_conditional_edges("hint", |_| "stop", [("stop", END), ("go", "answer")])
        .add_edge("answer", END);
    let ended = graph.compile().unwrap().call(gold()).await.unwrap();
    assert_eq!((ended.hint.as_str(), ended.answer.as_str()), ("ours", ""));
}

#[tokio::test]
async fn an_input_is_what_the_caller_gives_although_nodes_write_it() {
    let count = |mut row: Row| {
        row.tries += 1;
        row
    };
    let graph = |inputs: &[&str]| {
        let mut graph = StateGraph::<Row>::new("Counting");
        graph
            .add_node("count", NodeFn::writes(["tries"], count))
            .inputs(inputs.iter().copied())
            .set_entry_point("count")
            .add_edge("count", END);
        graph.compile().unwrap()
    };
    assert_eq!(graph(&["tries"]).call(gold()).await.unwrap().tries, 8);
    assert_eq!(graph(&[]).call(gold()).await.unwrap().tries, 1);
}

#[tokio::test]
async fn a_first_value_is_what_a_field_holds_at_the_entry() {
    let seen: Arc<Mutex<Vec<Row>>> = Arc::default();
    let mut graph = StateGraph::<Row>::new("First");
    graph
        .add_node("look", NodeFn::writes(["notes", "tries"], looking(&seen)))
        .first_value("notes", ["one", "two"])
        .first_value("tries", 3)
        .set_entry_point("look")
        .add_edge("look", END);
    let ended = graph.compile().unwrap().call(gold()).await.unwrap();
    assert_eq!(
        (ended.notes, ended.tries),
        (vec!["one".to_owned(), "two".to_owned()], 3)
    );
}

#[tokio::test]
async fn a_field_that_was_not_written_has_its_own_default_where_it_has_one() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Defaults {
        #[serde(default = "ten")]
        left: u32,
        kind: Option<Kind>,
        text: String,
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Simple,
    }
    fn ten() -> u32 {
        10
    }
    let less = |mut state: Defaults| {
        assert_eq!((state.kind, state.text.as_str()), (None, ""));
        state.left -= 1;
        state.kind = Some(Kind::Simple);
        state.text = "seen".to_owned();
        state
    };
    let mut graph = StateGraph::<Defaults>::new("Defaults");
    graph
        .add_node("less", NodeFn::writes(["left", "kind", "text"], less))
        .set_entry_point("less")
        .add_edge("less", END);
    let given = Defaults {
        left: 0,
        kind: Some(Kind::Simple),
        text: "given".to_owned(),
    };
    let ended = graph.compile().unwrap().call(given).await.unwrap();
    assert_eq!(ended.left, 9);
}

#[tokio::test]
async fn a_field_that_can_be_neither_empty_nor_missing_is_a_clear_error() {
    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Strict {
        kind: Kind,
    }
    #[derive(Clone, Debug, Serialize, Deserialize)]
    enum Kind {
        Simple,
    }
    let mut graph = StateGraph::<Strict>::new("Strict");
    graph
        .add_node("same", NodeFn::writes(["kind"], |state: Strict| state))
        .set_entry_point("same")
        .add_edge("same", END);
    let error = graph
        .compile()
        .unwrap()
        .call(Strict { kind: Kind::Simple })
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "step `same`: the state cannot be made of what the nodes wrote: missing field `kind`; a field that may not \
         have been written yet needs an `Option` or `#[serde(default)]`"
    );
}

#[tokio::test]
async fn a_field_that_serde_leaves_out_is_taken_out_of_the_state() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Sparse {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
        tries: u32,
    }
    let forget = |mut state: Sparse| {
        state.hint = None;
        state.tries += 1;
        state
    };
    let mut graph = StateGraph::<Sparse>::new("Sparse");
    graph
        .add_node("forget", NodeFn::writes(["hint", "tries"], forget))
        .inputs(["hint", "tries"])
        .set_entry_point("forget")
        .add_edge("forget", END);
    let given = Sparse {
        hint: Some("given".to_owned()),
        tries: 1,
    };
    let ended = graph.compile().unwrap().call(given).await.unwrap();
    assert_eq!(
        ended,
        Sparse {
            hint: None,
            tries: 2
        }
    );
}

#[tokio::test]
async fn a_state_that_is_not_an_object_is_an_error_and_no_panic() {
    let same = |state: serde_json::Value| state;
    let mut graph = StateGraph::<serde_json::Value>::new("Any");
    graph
        .add_node("same", NodeFn::writes(["x"], same))
        .set_entry_point("same")
        .add_edge("same", END);
    let error = graph.compile().unwrap().call(json!([1])).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "step `Any`: the state is not a struct with named fields"
    );
}
