//! Which nodes run, and in which order.

use dashoptimize::module::GraphRunError;
use dashoptimize::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Path {
    /// The nodes that ran.
    ran: Vec<String>,
    /// What routes look at.
    go: String,
    sum: i64,
}

/// A node that writes its name down.
fn log(name: &'static str) -> NodeFn<Path> {
    NodeFn::writes(["ran"], move |_: Path| Path {
        ran: vec![name.to_owned()],
        ..Path::default()
    })
}

/// A graph of nodes that write their names down.
fn logging(names: &[&'static str]) -> StateGraph<Path> {
    let mut graph = StateGraph::new("Logging");
    for name in names {
        graph.add_node(*name, log(name));
    }
    graph.reducer("ran", Reducer::append());
    graph
}

async fn ran(graph: &StateGraph<Path>, go: &str) -> String {
    let go = go.to_owned();
    let state = Path {
        go,
        ..Path::default()
    };
    let ended = graph.compile().unwrap().call(state).await.unwrap();
    ended.ran.join(" ")
}

#[tokio::test]
async fn edges_say_what_comes_next() {
    let mut graph = logging(&["c", "b", "a"]);
    graph
        .set_entry_point("a")
        .add_edge("a", "b")
        .add_edge("b", "c")
        .set_finish_point("c");
    assert_eq!(ran(&graph, "").await, "a b c");
    let program = graph.compile().unwrap();
    assert_eq!(program.nodes().collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_route_chooses_by_what_it_returns() {
    let mut graph = logging(&["a", "b", "c"]);
    graph
        .set_entry_point("a")
        .add_conditional_edges("a", |path| path.go.clone(), ["b", "c", END])
        .add_edge("b", END)
        .add_edge("c", END);
    assert_eq!(ran(&graph, "b").await, "a b");
    assert_eq!(ran(&graph, "c").await, "a c");
    assert_eq!(ran(&graph, END).await, "a");
    let go = |go: &str| Path {
        go: go.to_owned(),
        ..Path::default()
    };
    let program = graph.compile().unwrap();
    let error = program.call(go("bb")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "step `a`: the route chose `bb`, which is none of its targets `b`, `c` and `__end__`; did it mean `b`?"
    );
    let cause = error.cause().unwrap().downcast_ref::<GraphRunError>();
    assert!(matches!(cause, Some(GraphRunError::UnknownTarget { chosen, .. }) if chosen == "bb"));
}

#[tokio::test]
async fn a_route_returns_a_bool_a_list_or_a_result() {
    let mut graph = logging(&["a", "b", "c", "d"]);
    graph
        .add_conditional_edges(
            START,
            |path| path.go.contains('a'),
            [(true, "a"), (false, "b")],
        )
        .add_conditional_edges(
            "a",
            |path| {
                path.go
                    .split(' ')
                    .skip(1)
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            },
            ["c", "d"],
        )
        .add_conditional_edges(
            "b",
            |path| match path.go.as_str() {
                "no" => Err("no way on"),
                _ => Ok("c"),
            },
            ["c"],
        )
        .add_edge("c", END)
        .add_edge("d", END);
    assert_eq!(ran(&graph, "a c").await, "a c");
    assert_eq!(ran(&graph, "a d c").await, "a c d");
    assert_eq!(ran(&graph, "a").await, "a");
    assert_eq!(ran(&graph, "b").await, "b c");
    let go = "no".to_owned();
    let program = graph.compile().unwrap();
    let failed = program
        .call(Path {
            go,
            ..Path::default()
        })
        .await;
    assert_eq!(failed.unwrap_err().to_string(), "step `b`: no way on");
}

#[tokio::test]
async fn a_node_that_several_lead_to_runs_once_in_a_step_and_once_for_each_step() {
    let mut graph = logging(&["a", "b", "c", "late", "d"]);
    graph
        .set_entry_point("a")
        .add_edge("a", "b")
        .add_edge("a", "c")
        .add_edge("a", "late")
        .add_edge("b", "d")
        .add_edge("c", "d")
        .add_edge("d", END)
        .add_edge("late", END);
    assert_eq!(ran(&graph, "").await, "a b c late d");

    let mut graph = logging(&["a", "b", "c", "c2", "d"]);
    graph
        .set_entry_point("a")
        .add_edge("a", "b")
        .add_edge("a", "c")
        .add_edge("c", "c2")
        .add_edge("b", "d")
        .add_edge("c2", "d")
        .add_edge("d", END);
    // `d` follows `b` while `c2` runs, and then `c2`.
    assert_eq!(ran(&graph, "").await, "a b c c2 d d");
}

#[tokio::test]
async fn an_edge_from_a_list_waits_for_all_of_it() {
    let mut graph = logging(&["a", "b", "c", "c2", "d"]);
    graph
        .set_entry_point("a")
        .add_edge("a", "b")
        .add_edge("a", "c")
        .add_edge("c", "c2")
        .add_edge(["b", "c2"], "d")
        .add_edge("d", END);
    assert_eq!(ran(&graph, "").await, "a b c c2 d");
}

fn counting(at: i64, max_steps: usize) -> StateGraph<Path> {
    let count = |mut path: Path| {
        path.sum += 1;
        path
    };
    let mut graph = StateGraph::<Path>::new("Counting");
    graph
        .add_node("count", NodeFn::writes(["sum"], count).reads(["sum"]))
        .first_value("sum", 0)
        .set_entry_point("count")
        .add_conditional_edges(
            "count",
            move |path| path.sum >= at,
            [(true, END), (false, "count")],
        )
        .max_steps(max_steps);
    graph
}

#[tokio::test]
async fn a_loop_ends_at_its_bound_with_an_error_of_its_own() {
    let program = counting(4, 4).compile().unwrap();
    assert_eq!(program.call(Path::default()).await.unwrap().sum, 4);

    let error = counting(5, 4)
        .compile()
        .unwrap()
        .call(Path::default())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "step `Counting`: it was not done after 4 steps, and `count` would come next; raise `max_steps`, or let a \
         route leave the loop earlier"
    );
    let cause = error
        .cause()
        .unwrap()
        .downcast_ref::<GraphRunError>()
        .unwrap();
    let next = vec!["count".to_owned()];
    assert_eq!(*cause, GraphRunError::TooManySteps { steps: 4, next });
    assert!(!error.ends_the_run());
}

/// The bound of an inner graph is its own, and its errors say where it is.
#[tokio::test]
async fn a_loop_inside_of_a_graph_has_a_bound_of_its_own() {
    let outer = |inner: StateGraph<Path>| {
        let mut outer = StateGraph::<Path>::new("Outer");
        outer
            .add_node("inner", inner.compile().unwrap())
            .set_entry_point("inner")
            .add_edge("inner", END)
            .max_steps(1);
        outer.compile().unwrap()
    };
    assert_eq!(
        outer(counting(4, 4))
            .call(Path::default())
            .await
            .unwrap()
            .sum,
        4
    );
    let error = outer(counting(5, 4))
        .call(Path::default())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("step `inner`: it was not done after 4 steps"),
        "{error}"
    );
}

#[tokio::test]
async fn reducers_put_together_what_nodes_wrote_at_the_same_time() {
    let add = |n: i64| {
        NodeFn::writes(["sum"], move |_: Path| Path {
            sum: n,
            ..Path::default()
        })
    };
    let mut graph = StateGraph::<Path>::new("Sum");
    graph
        .add_node("b", add(20))
        .add_node("a", add(1))
        .add_node("c", add(300))
        .inputs(["sum"])
        .add_edge(START, "a")
        .add_edge(START, "b")
        .add_edge("a", "c")
        .add_edge("b", "c")
        .add_edge("c", END);
    let given = Path {
        sum: 4000,
        ..Path::default()
    };
    graph.reducer("sum", Reducer::add());
    assert_eq!(
        graph
            .clone()
            .compile()
            .unwrap()
            .call(given.clone())
            .await
            .unwrap()
            .sum,
        4321
    );

    // By the names of the nodes, whatever their order in the graph.
    let digits = |held: Value, written: Value| format!("{held}{written}").parse().unwrap();
    let mut other = StateGraph::<Path>::new("Digits");
    other
        .add_node("b", add(20))
        .add_node("a", add(1))
        .add_edge(START, "b")
        .add_edge(START, "a")
        .add_edge("a", END)
        .add_edge("b", END)
        .inputs(["sum"])
        .reducer("sum", Reducer::new("digits", digits));
    assert_eq!(
        other.compile().unwrap().call(given).await.unwrap().sum,
        4_000_120
    );
    let error = graph.add_node("a", add(2)).compile().unwrap_err();
    assert_eq!(
        error.to_string(),
        "graph `Sum`: two nodes are called `a`; rename one of them"
    );
}

#[tokio::test]
async fn a_value_that_a_reducer_cannot_take_is_an_error_and_no_panic() {
    let add = |n: i64| {
        NodeFn::writes(["sum"], move |_: Path| Path {
            sum: n,
            ..Path::default()
        })
    };
    let mut graph = StateGraph::<Path>::new("Sum");
    graph
        .add_node("a", add(i64::MAX))
        .add_node("b", add(1))
        .reducer("sum", Reducer::add())
        .set_entry_point("a")
        .add_edge("a", "b")
        .add_edge("b", END);
    let error = graph
        .compile()
        .unwrap()
        .call(Path::default())
        .await
        .unwrap_err();
    let wanted = "step `Sum`: `sum`: 9223372036854775807 + 1 is too large for a whole number";
    assert_eq!(error.to_string(), wanted);
}
