//! Graphs that are wrong: each is one clear error at `compile`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use dashoptimize::call::{CallError, Context};
use dashoptimize::lm::Scripted;
use dashoptimize::module::{FromLm, GraphProblemKind as Kind, Node, Predictor};
use dashoptimize::prelude::*;
use dashoptimize::signature::{Field, Ty};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Turn {
    question: String,
    notes: Vec<String>,
    score: f64,
    sure: Option<bool>,
    answer: String,
    count: u32,
    level: Option<Level>,
    place: Option<Place>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    High,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    city: String,
}

/// Rate the place.
#[signature]
struct Rate {
    #[input]
    place: Location,
    #[output]
    score: i64,
}

#[derive(Clone, Debug, FieldType)]
struct Location {
    city: String,
}

type Graph = StateGraph<Turn>;

/// A node of this signature.
fn node(signature: &str) -> LLMNode<Turn> {
    let signature = make_signature(signature, "").expect("a good signature");
    LLMNode::new(signature, Scripted::replies([""]), "node")
}

/// A function that writes these fields.
fn writes(fields: &[&str]) -> NodeFn<Turn> {
    NodeFn::writes(fields.iter().copied(), |turn: Turn| turn)
}

/// A graph of one sound node, `answer`, that is not an entry point yet.
fn one() -> Graph {
    let mut graph = Graph::new("Wrong");
    graph
        .add_node("answer", node("question -> answer"))
        .add_edge("answer", END);
    graph
}

/// A sound graph: `search`, then `answer`.
fn two() -> Graph {
    let mut graph = one();
    graph
        .add_node("search", node("question -> notes: list[str]"))
        .set_entry_point("search")
        .add_edge("search", "answer");
    graph
}

/// A sound graph: `fork` leads to `left` and `right`, and both to `join`.
fn fork(left: LLMNode<Turn>, right: LLMNode<Turn>) -> Graph {
    let mut graph = Graph::new("Wrong");
    graph
        .add_node("fork", node("question -> notes: list[str]"))
        .add_node("left", left)
        .add_node("right", right)
        .add_node("join", writes(&["count"]))
        .set_entry_point("fork")
        .add_edge("fork", "left")
        .add_edge("fork", "right")
        .add_edge(["left", "right"], "join")
        .add_edge("join", END);
    graph
}

/// A sound graph with `add` to it.
fn with(mut graph: Graph, add: impl FnOnce(&mut Graph)) -> Graph {
    add(&mut graph);
    graph
}

/// A module of a model that does not say which signature it is over.
#[derive(Clone)]
struct Opaque;

impl FromLm for Opaque {
    fn from_lm(_: Lm) -> Self {
        Self
    }
}

impl Module for Opaque {
    type Input = RateInput;
    type Output = RateOutput;

    async fn forward(&self, _: &Context<'_>, _: RateInput) -> Result<RateOutput, CallError> {
        Ok(RateOutput { score: 0 })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        Vec::new()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        Vec::new()
    }
}

/// A node with these fields.
#[derive(Clone)]
struct Own(Vec<Field>);

impl Node for Own {
    fn fields(&self) -> Vec<Field> {
        self.0.clone()
    }

    async fn run(
        &self,
        _: &Context<'_>,
        _: Map<String, Value>,
    ) -> Result<Map<String, Value>, CallError> {
        Ok(Map::new())
    }
}

/// Cannot be written as JSON.
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("it has no form in JSON"))
    }
}

/// What is wrong with names and edges.
fn names() -> Vec<(&'static str, Kind, Graph)> {
    vec![
        ("no nodes", Kind::Entry, Graph::new("Wrong")),
        ("no entry point", Kind::Entry, one()),
        (
            "a node without a name",
            Kind::Name,
            with(two(), |g| {
                g.add_node("", writes(&[]));
            }),
        ),
        (
            "a name that is no part of a path",
            Kind::Name,
            with(two(), |g| {
                g.add_node("answer.hard", writes(&[]));
            }),
        ),
        (
            "the name of the start",
            Kind::Name,
            with(two(), |g| {
                g.add_node(START, writes(&[]));
            }),
        ),
        (
            "the name of the end",
            Kind::Name,
            with(two(), |g| {
                g.add_node(END, writes(&[]));
            }),
        ),
        (
            "a name twice",
            Kind::Name,
            with(two(), |g| {
                g.add_node("answer", writes(&[]));
            }),
        ),
        (
            "an edge from an unknown node",
            Kind::UnknownNode,
            with(two(), |g| {
                g.add_edge("serach", "answer");
            }),
        ),
        (
            "an edge to an unknown node",
            Kind::UnknownNode,
            with(two(), |g| {
                g.add_edge("search", "reply");
            }),
        ),
        (
            "an unknown entry point",
            Kind::UnknownNode,
            with(one(), |g| {
                g.set_entry_point("anwser");
            }),
        ),
        (
            "an edge from the end",
            Kind::Edge,
            with(two(), |g| {
                g.add_edge(END, "answer");
            }),
        ),
        (
            "an edge to the start",
            Kind::Edge,
            with(two(), |g| {
                g.add_edge("answer", START);
            }),
        ),
        (
            "an edge past all nodes",
            Kind::Edge,
            with(two(), |g| {
                g.add_edge(START, END);
            }),
        ),
        (
            "an edge twice",
            Kind::Edge,
            with(two(), |g| {
                g.add_edge("search", "answer");
            }),
        ),
        (
            "an edge from no node",
            Kind::Edge,
            with(two(), |g| {
                g.add_edge(Vec::<String>::new(), "answer");
            }),
        ),
        (
            "an edge from a node twice",
            Kind::Edge,
            with(two(), |g| {
                g.add_edge(["search", "search"], "answer");
            }),
        ),
        (
            "an edge that waits for the start",
            Kind::Edge,
            with(two(), |g| {
                g.add_edge([START, "search"], "answer");
            }),
        ),
        (
            "an edge that waits for an unknown node",
            Kind::UnknownNode,
            with(two(), |g| {
                g.add_edge(["search", "lookup"], "answer");
            }),
        ),
        (
            "a route from an unknown node",
            Kind::UnknownNode,
            with(two(), |g| {
                g.add_conditional_edges("searched", |_| true, [(true, "answer"), (false, END)]);
            }),
        ),
        (
            "a route to an unknown node",
            Kind::UnknownNode,
            with(two(), |g| {
                g.add_conditional_edges("search", |_| "answer", ["answer", "answers"]);
            }),
        ),
        (
            "a route from the end",
            Kind::Edge,
            with(two(), |g| {
                g.add_conditional_edges(END, |_| "answer", ["answer"]);
            }),
        ),
        (
            "a route to the start",
            Kind::Edge,
            with(two(), |g| {
                g.add_conditional_edges("answer", |_| true, [(true, START), (false, END)]);
            }),
        ),
        (
            "a route without targets",
            Kind::Route,
            with(two(), |g| {
                g.add_conditional_edges("search", |_| "answer", Vec::<String>::new());
            }),
        ),
        (
            "two targets for one choice",
            Kind::Route,
            with(two(), |g| {
                g.add_conditional_edges("search", |_| true, [(true, "answer"), (true, END)]);
            }),
        ),
        (
            "a module without a signature",
            Kind::Module,
            with(two(), |g| {
                g.add_node("opaque", Opaque);
            }),
        ),
    ]
}

/// What is wrong with the ways through the graph.
fn ways() -> Vec<(&'static str, Kind, Graph)> {
    vec![
        (
            "a node that is never reached",
            Kind::Unreachable,
            with(two(), |g| {
                g.add_node("check", node("answer -> sure: bool"))
                    .add_edge("check", END);
            }),
        ),
        (
            "nodes that are never reached",
            Kind::Unreachable,
            with(two(), |g| {
                g.add_node("check", node("answer -> sure: bool"))
                    .add_node("rate", node("answer -> score: float"))
                    .add_edge("check", "rate")
                    .add_edge("rate", END);
            }),
        ),
        (
            "a node without a way to the end",
            Kind::NoWayToEnd,
            with(two(), |g| {
                g.add_node("check", node("answer -> sure: bool"))
                    .add_edge("answer", "check");
            }),
        ),
        (
            "a loop without a way out",
            Kind::NoWayToEnd,
            with(two(), |g| {
                g.add_node("check", node("question -> sure: bool"))
                    .add_node("rate", node("sure: bool -> score: float"))
                    .add_edge("search", "check")
                    .add_edge("check", "rate")
                    .add_edge("rate", "check")
                    .max_steps(9);
            }),
        ),
        (
            "a loop without a bound",
            Kind::Loop,
            with(two(), |g| {
                g.add_conditional_edges("answer", |_| true, [(true, "search"), (false, END)]);
            }),
        ),
        (
            "a node that follows itself without a bound",
            Kind::Loop,
            with(two(), |g| {
                g.add_conditional_edges("answer", |_| true, [(true, "answer"), (false, END)]);
            }),
        ),
        (
            "a bound that is never enough",
            Kind::Loop,
            with(two(), |g| {
                g.max_steps(1);
            }),
        ),
        (
            "an edge that waits for one of two ways",
            Kind::Edge,
            with(one(), |g| {
                g.add_node("fast", node("question -> notes: list[str]"))
                    .add_node("slow", node("question -> notes: list[str]"))
                    .add_conditional_edges(START, |_| "fast", ["fast", "slow"])
                    .add_edge(["fast", "slow"], "answer");
            }),
        ),
    ]
}

/// What is wrong with fields.
fn fields() -> Vec<(&'static str, Kind, Graph)> {
    vec![
        (
            "an unknown field is read",
            Kind::Field,
            with(two(), |g| {
                g.add_node("check", node("anwser -> sure: bool"))
                    .add_edge("search", "check")
                    .add_edge("check", END);
            }),
        ),
        (
            "an unknown field is written",
            Kind::Field,
            with(two(), |g| {
                g.add_node("check", node("question -> verdict: bool"))
                    .add_edge("search", "check")
                    .add_edge("check", END);
            }),
        ),
        (
            "an unknown field is written by a function",
            Kind::Field,
            with(two(), |g| {
                g.add_node("check", writes(&["scores"]))
                    .add_edge("search", "check")
                    .add_edge("check", END);
            }),
        ),
        (
            "a field is written twice by one node",
            Kind::Field,
            with(two(), |g| {
                g.add_node("check", writes(&["score", "score"]))
                    .add_edge("search", "check")
                    .add_edge("check", END);
            }),
        ),
        (
            "a field is read twice by one node",
            Kind::Field,
            with(two(), |g| {
                let fields = vec![
                    Field::input("question", Ty::Str),
                    Field::input("question", Ty::Str),
                ];
                g.add_node("own", Own(fields))
                    .add_edge("search", "own")
                    .add_edge("own", END);
            }),
        ),
        (
            "an unknown input",
            Kind::Field,
            with(two(), |g| {
                g.inputs(["note"]);
            }),
        ),
        (
            "an unknown field with a first value",
            Kind::Field,
            with(two(), |g| {
                g.first_value("coutn", 0);
            }),
        ),
        (
            "a field is read before the node that writes it",
            Kind::ReadBeforeWritten,
            with(two(), |g| {
                g.add_node("check", node("answer -> sure: bool"))
                    .set_entry_point("check")
                    .add_edge("check", END);
            }),
        ),
        (
            "a field is read by the only node that writes it",
            Kind::ReadBeforeWritten,
            with(two(), |g| {
                g.add_node("count", writes(&["count"]).reads(["count"]))
                    .add_edge("answer", "count")
                    .add_edge("count", END);
            }),
        ),
        (
            "a field is read in a loop before it is written",
            Kind::ReadBeforeWritten,
            with(two(), |g| {
                g.add_node(
                    "draft",
                    node("notes: list[str], sure: bool -> score: float"),
                )
                .add_node("judge", node("score: float -> sure: bool"))
                .add_edge("search", "draft")
                .add_edge("draft", "judge")
                .add_conditional_edges("judge", |_| true, [(true, "draft"), (false, END)])
                .max_steps(9);
            }),
        ),
        (
            "a field is read beside the node that writes it",
            Kind::ReadBeforeWritten,
            fork(
                node("question -> score: float"),
                node("score: float -> sure: bool"),
            ),
        ),
        (
            "a value of another type than the state's",
            Kind::Type,
            with(two(), |g| {
                g.add_node("rate", node("answer -> score"))
                    .add_edge("answer", "rate")
                    .add_edge("rate", END);
            }),
        ),
        (
            "a value that may be missing, for a field that is always there",
            Kind::Type,
            with(two(), |g| {
                g.add_node("rate", node("answer -> score: float | None"))
                    .add_edge("answer", "rate")
                    .add_edge("rate", END);
            }),
        ),
        (
            "a list where the state has another one",
            Kind::Type,
            with(one(), |g| {
                g.add_node("search", node("question -> notes: list[int]"))
                    .set_entry_point("search")
                    .add_edge("search", "answer");
            }),
        ),
        (
            "a text for a field with variants",
            Kind::Type,
            with(two(), |g| {
                g.add_node("rate", node("answer -> level"))
                    .add_edge("answer", "rate")
                    .add_edge("rate", END);
            }),
        ),
        (
            "a variant that the state does not have",
            Kind::Type,
            with(two(), |g| {
                g.add_node("rate", node("answer -> level: Literal['low', 'mid']"))
                    .add_edge("answer", "rate")
                    .add_edge("rate", END);
            }),
        ),
        (
            "a node reads another type than one writes",
            Kind::Type,
            with(two(), |g| {
                g.add_node("rate", node("notes -> score: float"))
                    .add_edge("search", "rate")
                    .add_edge("rate", END);
            }),
        ),
        (
            "a node reads another type than a function writes",
            Kind::Type,
            with(two(), |g| {
                g.add_node("count", writes(&["count"]))
                    .add_node("rate", node("count: bool -> score: float"))
                    .add_edge("search", "count")
                    .add_edge("count", "rate")
                    .add_edge("rate", END);
            }),
        ),
        (
            "a node reads another type than the caller gives",
            Kind::Type,
            with(two(), |g| {
                g.add_node("rate", node("count -> score: float"))
                    .add_edge("search", "rate")
                    .add_edge("rate", END);
            }),
        ),
        (
            "a module reads another type than a node writes",
            Kind::Type,
            with(two(), |g| {
                g.add_node("locate", node("question -> place: dict[str, int]"))
                    .add_node("rate", Predict::<Rate>::new(Scripted::replies([""])))
                    .add_edge("search", "locate")
                    .add_edge("locate", "rate")
                    .add_edge("rate", END);
            }),
        ),
        (
            "two nodes write a field at the same time",
            Kind::Writers,
            fork(
                node("question -> answer"),
                node("notes: list[str] -> answer"),
            ),
        ),
        (
            "two nodes write a field in the same step of two branches",
            Kind::Writers,
            with(
                fork(
                    node("question -> score: float"),
                    node("question -> sure: bool"),
                ),
                |g| {
                    g.add_node("left2", writes(&["answer"]))
                        .add_node("right2", writes(&["answer"]))
                        .add_edge("left", "left2")
                        .add_edge("right", "right2")
                        .add_edge("left2", END)
                        .add_edge("right2", END);
                },
            ),
        ),
        (
            "two targets of a route that chooses several write a field",
            Kind::Writers,
            with(one(), |g| {
                g.add_node("other", node("question -> answer"))
                    .add_edge("other", END)
                    .add_conditional_edges(START, |_| vec!["answer", "other"], ["answer", "other"]);
            }),
        ),
        (
            "a reducer of an unknown field",
            Kind::Reducer,
            with(two(), |g| {
                g.reducer("noets", Reducer::append());
            }),
        ),
        (
            "a reducer of a field that nothing writes",
            Kind::Reducer,
            with(two(), |g| {
                g.reducer("count", Reducer::add());
            }),
        ),
        (
            "a reducer twice",
            Kind::Reducer,
            with(two(), |g| {
                g.reducer("notes", Reducer::append())
                    .reducer("notes", Reducer::append());
            }),
        ),
        (
            "a reducer for another type",
            Kind::Reducer,
            with(two(), |g| {
                g.reducer("answer", Reducer::append());
            }),
        ),
        (
            "a first value of another type",
            Kind::FirstValue,
            with(two(), |g| {
                g.first_value("notes", "none yet");
            }),
        ),
        (
            "a first value twice",
            Kind::FirstValue,
            with(two(), |g| {
                g.first_value("answer", "a").first_value("answer", "b");
            }),
        ),
        (
            "a first value of what the caller gives",
            Kind::FirstValue,
            with(two(), |g| {
                g.first_value("answer", "a").inputs(["answer"]);
            }),
        ),
        (
            "a first value of a field that no node writes",
            Kind::FirstValue,
            with(two(), |g| {
                g.first_value("count", 1);
            }),
        ),
        (
            "a first value that is not JSON",
            Kind::FirstValue,
            with(two(), |g| {
                g.first_value("answer", Unwritable);
            }),
        ),
    ]
}

/// The graphs whose state is not one.
fn states() -> Vec<(&'static str, Kind, String)> {
    fn error<S>() -> String
    where
        S: Clone + Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
    {
        let mut graph = StateGraph::<S>::new("Wrong");
        graph
            .add_node(
                "same",
                NodeFn::writes(Vec::<String>::new(), |state: S| state),
            )
            .set_entry_point("same")
            .add_edge("same", END);
        graph.compile().unwrap_err().to_string()
    }
    vec![
        ("a text is no state", Kind::State, error::<String>()),
        ("a list is no state", Kind::State, error::<Vec<u8>>()),
        ("an enum is no state", Kind::State, error::<Level>()),
    ]
}

/// What was kept of each graph: its error by its name.
fn kept(text: &str) -> BTreeMap<&str, &str> {
    let parts = text.split("## ").skip(1);
    parts
        .filter_map(|part| part.split_once('\n'))
        .map(|(name, error)| (name, error.trim_end()))
        .collect()
}

/// `BLESS=1` writes the errors anew; read them before they are kept.
#[test]
fn every_malformed_graph_is_one_clear_error() {
    let graphs = [names(), ways(), fields()].concat();
    let mut errors: Vec<(&str, Kind, String)> = Vec::new();
    for (name, kind, graph) in graphs {
        let error = graph
            .compile()
            .err()
            .unwrap_or_else(|| panic!("{name} is not noticed"));
        let kinds: Vec<Kind> = error.problems.iter().map(|problem| problem.kind).collect();
        assert_eq!(kinds, [kind], "{name}: {error}");
        errors.push((name, kind, error.to_string()));
    }
    errors.extend(states());
    assert!(errors.len() >= 50, "{} graphs", errors.len());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("state_graph/malformed.md");
    if std::env::var_os("BLESS").is_some() {
        let mut text = "# Errors of malformed graphs\n".to_owned();
        for (name, _, error) in &errors {
            write!(text, "\n## {name}\n{error}\n").unwrap();
        }
        std::fs::write(&path, text).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let kept = kept(&text);
    assert_eq!(
        kept.len(),
        errors.len(),
        "an error for each graph, and no other"
    );
    for (name, _, error) in &errors {
        assert_eq!(Some(error.as_str()), kept.get(name).copied(), "{name}");
    }
}

/// All independent problems of a stage are in one error.
#[test]
fn several_mistakes_are_told_at_once() {
    let mut graph = two();
    graph
        .add_edge("serach", "answer")
        .add_edge("search", "anwser")
        .add_node("search", writes(&[]));
    let error = graph.compile().unwrap_err();
    assert_eq!(
        error.to_string(),
        "graph `Wrong` has 3 problems:\n\
         - two nodes are called `search`; rename one of them\n\
         - the edge from `serach` to `answer` names `serach`, which is not a node; did you mean `search`?\n\
         - the edge from `search` to `anwser` names `anwser`, which is not a node; did you mean `answer`?"
    );
    assert_eq!(format!("{error:?}"), error.to_string());
}

/// What looks like a mistake and is none.
#[test]
fn sound_graphs_are_not_refused() {
    let branches = |left: &str, right: &str| fork(node(left), node(right));
    let sound = [
        two(),
        branches("question -> score: float", "question -> sure: bool"),
        // One node after the other writes the field.
        with(two(), |g| {
            g.add_node("again", writes(&["answer"]).reads(["answer"]))
                .add_edge("answer", "again")
                .add_edge("again", END);
        }),
        // Only one target of a route runs.
        with(one(), |g| {
            g.add_node("other", node("question -> answer"))
                .add_edge("other", END)
                .add_conditional_edges(START, |_| "other", ["answer", "other"]);
        }),
        // The same field, in steps that are never the same.
        with(
            branches("question -> score: float", "question -> sure: bool"),
            |g| {
                g.add_node("first", writes(&["answer"]))
                    .add_node("wait", writes(&[]))
                    .add_node("second", writes(&["answer"]))
                    .add_edge("left", "first")
                    .add_edge("right", "wait")
                    .add_edge("wait", "second")
                    .add_edge("first", END)
                    .add_edge("second", END);
            },
        ),
        // A node that waits for both branches writes what the longer one writes.
        with(
            branches("question -> score: float", "question -> sure: bool"),
            |g| {
                g.add_node("second", writes(&["answer"]))
                    .add_node("last", writes(&["answer"]))
                    .add_edge("right", "second")
                    .add_edge(["left", "second"], "last")
                    .add_edge("last", END);
            },
        ),
        // The caller gives what a node changes, or it has a value at the start.
        with(two(), |g| {
            g.add_node("count", writes(&["count"]).reads(["count"]))
                .inputs(["count"])
                .add_edge("answer", "count")
                .add_edge("count", END);
        }),
        with(two(), |g| {
            g.add_node("count", writes(&["count"]).reads(["count"]))
                .first_value("count", 1)
                .add_edge("answer", "count")
                .add_edge("count", END);
        }),
        // A whole number is a number, a variant is one of more, and what is there may be missing.
        with(two(), |g| {
            g.add_node(
                "rate",
                node("answer -> score: int, level: Literal['low'], sure: bool"),
            )
            .add_node(
                "use",
                node("score: float, level, sure: bool | None -> count: int"),
            )
            .add_edge("answer", "rate")
            .add_edge("rate", "use")
            .add_edge("use", END);
        }),
        // A field that may be missing in the state is read where it was written.
        with(two(), |g| {
            g.add_node("judge", node("answer -> sure: bool"))
                .add_node("use", node("sure: bool -> count: int"))
                .add_edge("answer", "judge")
                .add_edge("judge", "use")
                .add_edge("use", END);
        }),
    ];
    for (index, graph) in sound.into_iter().enumerate() {
        if let Err(error) = graph.compile() {
            panic!("graph {index}: {error}");
        }
    }
}
