//! The same graphs here and in LangGraph: `graphs.json` says what they do, `record.py` has recorded in
//! `states.json` how they end there.

use dashoptimize::module::{GraphProblemKind, GraphRunError};
use dashoptimize::prelude::*;
use serde_json::{Map, Value, json};

/// The state of all graphs.
type State = Map<String, Value>;

/// How a graph ends.
fn ended(graph: &Value) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let program = match build(graph, graph["input"].as_object().unwrap()).compile() {
        Ok(program) => program,
        Err(error) => return json!({"error": theirs(error.problems[0].kind)}),
    };
    let input = graph["input"].as_object().unwrap().clone();
    match runtime.block_on(program.call(input)) {
        Ok(state) => json!({"state": state}),
        Err(error) => match error.cause().and_then(|cause| cause.downcast_ref()) {
            Some(GraphRunError::TooManySteps { .. }) => json!({"error": "GraphRecursionError"}),
            _ => json!({"error": error.to_string()}),
        },
    }
}

/// What LangGraph calls a problem. It finds two writers only when they have run.
fn theirs(kind: GraphProblemKind) -> &'static str {
    match kind {
        GraphProblemKind::Writers => "InvalidUpdateError",
        _ => "ValueError",
    }
}

fn build(graph: &Value, input: &State) -> StateGraph<State> {
    let place = |name: &Value| match name.as_str().unwrap() {
        "START" => START.to_owned(),
        "END" => END.to_owned(),
        name => name.to_owned(),
    };
    let mut built = StateGraph::<State>::new("Described");
    for (name, node) in graph["nodes"].as_object().unwrap() {
        match node {
            Value::Object(_) => built.add_node(name, build(node, input).compile().unwrap()),
            node => built.add_node(name, function(node.as_array().unwrap())),
        };
    }
    for edge in graph["edges"].as_array().unwrap() {
        let to = place(&edge[1]);
        match &edge[0] {
            Value::Array(from) => built.add_edge(from.iter().map(place).collect::<Vec<_>>(), to),
            from => built.add_edge(place(from), to),
        };
    }
    for route in graph["routes"].as_array().into_iter().flatten() {
        let targets = route["targets"].as_object().unwrap().iter();
        let targets: Vec<_> = targets
            .map(|(label, to)| (label.clone(), place(to)))
            .collect();
        let (from, by) = (
            place(&route["from"]),
            route["by"].as_str().unwrap().to_owned(),
        );
        match route["at_least"].as_i64() {
            Some(least) => {
                let choose = move |state: &State| state[&by].as_i64() >= Some(least);
                built.add_conditional_edges(from, choose, targets)
            }
            None if input[&by].is_array() => {
                let choose = move |state: &State| {
                    let names = state[&by].as_array().unwrap().iter();
                    names
                        .map(|name| name.as_str().unwrap().to_owned())
                        .collect::<Vec<_>>()
                };
                built.add_conditional_edges(from, choose, targets)
            }
            None => {
                let choose = move |state: &State| state[&by].as_str().unwrap().to_owned();
                built.add_conditional_edges(from, choose, targets)
            }
        };
    }
    for (field, reducer) in graph["reducers"].as_object().into_iter().flatten() {
        built.reducer(
            field,
            match reducer.as_str().unwrap() {
                "append" => Reducer::append(),
                "add" => Reducer::add(),
                "merge" => Reducer::merge(),
                other => panic!("{other} is no reducer"),
            },
        );
    }
    if let Some(steps) = graph["max_steps"].as_u64() {
        built.max_steps(usize::try_from(steps).unwrap());
    }
    // There, whatever is given is there at the entry.
    built.inputs(input.keys());
    built
}

/// What a node does: operations that read the state as it was before.
fn function(node: &[Value]) -> NodeFn<State> {
    let node = node.to_vec();
    let writes: Vec<String> = node.iter().map(|op| written(op).to_owned()).collect();
    NodeFn::writes(writes, move |mut state: State| {
        let before = state.clone();
        for op in &node {
            let value = match op[0].as_str().unwrap() {
                "set" => op[2].clone(),
                "add" => sum(&[before[written(op)].clone(), op[2].clone()]),
                "copy" => before[op[1].as_str().unwrap()].clone(),
                "sum" => {
                    let fields = op[1].as_array().unwrap().iter();
                    sum(&fields
                        .map(|field| before[field.as_str().unwrap()].clone())
                        .collect::<Vec<_>>())
                }
                other => panic!("{other} is no operation"),
            };
            state.insert(written(op).to_owned(), value);
        }
        state
    })
}

/// The field that an operation writes.
fn written(op: &Value) -> &str {
    let place = if matches!(op[0].as_str(), Some("copy" | "sum")) {
        2
    } else {
        1
    };
    op[place].as_str().unwrap()
}

fn sum(numbers: &[Value]) -> Value {
    numbers
        .iter()
        .map(|number| number.as_i64().unwrap())
        .sum::<i64>()
        .into()
}

#[test]
fn graphs_end_as_they_do_in_lang_graph() {
    let graphs: Vec<Value> = serde_json::from_str(include_str!("graphs.json")).unwrap();
    let recorded: Value = serde_json::from_str(include_str!("states.json")).unwrap();
    let states = recorded["states"].as_object().unwrap();
    assert!(graphs.len() >= 30, "{} graphs", graphs.len());
    assert_eq!(
        graphs.len(),
        states.len(),
        "each graph was recorded; run record.py"
    );
    for graph in &graphs {
        let name = graph["name"].as_str().unwrap();
        assert_eq!(ended(graph), states[name], "{name}");
    }
}
