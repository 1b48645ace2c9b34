//! What can be a node, and what it is given.

use dashoptimize::call::{CallError, Context};
use dashoptimize::graph::NodeKind;
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::module::{Node, Predictor};
use dashoptimize::prelude::*;
use dashoptimize::signature::{Field, Ty};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Turn {
    pub(super) question: String,
    #[serde(default)]
    pub(super) query: Option<String>,
    #[serde(default)]
    pub(super) reasoning: Option<String>,
    #[serde(default)]
    pub(super) answer: String,
    #[serde(default)]
    pub(super) length: u32,
}

/// Ask for what is needed.
#[signature]
struct Ask {
    #[input]
    question: String,
    #[output]
    query: String,
}

/// Answer the query.
#[signature]
struct Answer {
    #[input]
    query: String,
    #[output]
    answer: String,
}

module!(
    /// Answers.
    #[with(temperature = 0.5)]
    type Answerer = ChainOfThought<Answer>;
);

/// A model that fills in each output with its name and the query's last word.
pub(super) fn model() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let query = request.turns[0].text();
        let words: Vec<&str> = query
            .split_whitespace()
            .filter(|word| !word.contains(['#', '[', ']']))
            .collect();
        let asked = words.last().copied().unwrap_or_default();
        let opening = request.prefix.messages()[0].text();
        let outputs = ["query", "reasoning", "answer"].into_iter().filter(|name| {
            let outputs = opening.split("output fields").nth(1).unwrap_or_default();
            outputs.contains(&format!("`{name}`"))
        });
        outputs
            .map(|name| format!("[[ ## {name} ## ]]\n{name} of {asked}\n\n"))
            .collect::<String>()
    })
    .keeping_requests()
}

pub(super) fn turn(question: &str) -> Turn {
    Turn {
        question: question.to_owned(),
        ..Turn::default()
    }
}

/// The graph of one node.
fn alone<K>(node: impl dashoptimize::module::IntoNode<Turn, K>) -> CompiledGraph<Turn> {
    let mut graph = StateGraph::<Turn>::new("Alone");
    graph
        .add_node("only", node)
        .set_entry_point("only")
        .set_finish_point("only");
    graph.compile().unwrap()
}

#[tokio::test]
async fn an_llm_node_reads_and_writes_by_the_names_of_its_signature() {
    let lm = model();
    let signature = make_signature("question -> answer", "Answer.").unwrap();
    let program = alone(LLMNode::new(signature, lm.clone(), "a name of its own"));
    let answered = program.call(turn("Why")).await.unwrap();
    assert_eq!(
        answered,
        Turn {
            answer: "answer of Why".to_owned(),
            ..turn("Why")
        }
    );
    assert_eq!(program.predictors()[0].path(), "only");
    assert_eq!(lm.requests().len(), 1);
}

#[tokio::test]
async fn modules_over_a_signature_are_nodes_as_they_are() {
    let lm = model();
    let mut graph = StateGraph::<Turn>::new("Both");
    graph
        .add_node("ask", Predict::<Ask>::new(lm.clone()))
        .add_node("answer", Answerer::new(lm.clone()))
        .set_entry_point("ask")
        .add_edge("ask", "answer")
        .add_edge("answer", END);
    let answered = graph.compile().unwrap().call(turn("Why")).await.unwrap();
    // What `ChainOfThought` adds is written, because the state has a field for it.
    let wanted = Turn {
        query: Some("query of Why".to_owned()),
        reasoning: Some("reasoning of Why".to_owned()),
        answer: "answer of Why".to_owned(),
        ..turn("Why")
    };
    assert_eq!(answered, wanted);
    let temperatures: Vec<_> = lm
        .requests()
        .iter()
        .map(|request| request.params.temperature)
        .collect();
    assert_eq!(temperatures, [None, Some(0.5)]);
}

#[tokio::test]
async fn what_a_module_adds_is_dropped_where_the_state_has_no_field_for_it() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Small {
        query: String,
        answer: String,
    }
    let signature = make_signature("query -> answer", "").unwrap();
    for typed in [true, false] {
        let mut graph = StateGraph::<Small>::new("Small");
        match typed {
            true => graph.add_node("only", ChainOfThought::<Answer>::new(model())),
            false => {
                let thinking = ChainOfThought::over(&signature, model());
                graph.add_node("only", LLMNode::over(thinking, "only"))
            }
        };
        graph.set_entry_point("only").add_edge("only", END);
        let program = graph.compile().unwrap();
        let small = |answer: &str| Small {
            query: "Why".to_owned(),
            answer: answer.to_owned(),
        };
        assert_eq!(
            program.call(small("")).await.unwrap(),
            small("answer of Why")
        );
    }
}

#[tokio::test]
async fn modules_over_modules_are_nodes() {
    let shortest = |_: &AnswerInput, output: &AnswerOutput| -(output.answer.len() as f64);
    let best = BestOfN::new(Predict::<Answer>::new(model()), shortest).n(2);
    let state = Turn {
        query: Some("Why".to_owned()),
        ..Turn::default()
    };
    assert_eq!(
        alone(best).call(state.clone()).await.unwrap().answer,
        "answer of Why"
    );

    let signature = make_signature("query -> answer", "").unwrap();
    let node = LLMNode::<Turn>::new(signature, model(), "inner");
    let best = BestOfN::new(node, |_: &Turn, turn: &Turn| -(turn.answer.len() as f64)).n(2);
    let program = alone(StateModule::writes(["answer"], best).reads(["query"]));
    assert_eq!(program.call(state).await.unwrap().answer, "answer of Why");
    assert_eq!(program.predictors()[0].path(), "only");
}

fn measure(mut turn: Turn) -> Turn {
    turn.length = u32::try_from(turn.question.len()).unwrap_or(u32::MAX);
    turn
}

#[tokio::test]
async fn functions_of_the_state_are_nodes_in_four_forms() {
    async fn later(turn: Turn) -> Turn {
        tokio::task::yield_now().await;
        measure(turn)
    }
    async fn perhaps_later(turn: Turn) -> Result<Turn, String> {
        match turn.question.as_str() {
            "" => Err("nothing is asked".to_owned()),
            _ => Ok(later(turn).await),
        }
    }
    let perhaps = |turn: Turn| match turn.question.as_str() {
        "" => Err("nothing is asked"),
        _ => Ok(measure(turn)),
    };
    let writes = ["length"];
    let forms = [
        alone(NodeFn::writes(writes, measure)),
        alone(NodeFn::writes(writes, perhaps)),
        alone(NodeFn::writes(writes, later)),
        alone(NodeFn::writes(writes, perhaps_later)),
    ];
    for program in &forms {
        assert_eq!(program.call(turn("Why")).await.unwrap().length, 3);
    }
    for program in [&forms[1], &forms[3]] {
        let error = program.call(turn("")).await.unwrap_err();
        assert_eq!(error.to_string(), "step `only`: nothing is asked");
    }
}

#[tokio::test]
async fn a_function_writes_nothing_but_what_it_says() {
    let all = |_: Turn| Turn {
        question: "changed".to_owned(),
        answer: "changed".to_owned(),
        ..Turn::default()
    };
    let program = alone(NodeFn::writes(["answer"], all));
    let wanted = Turn {
        answer: "changed".to_owned(),
        ..turn("Why")
    };
    assert_eq!(program.call(turn("Why")).await.unwrap(), wanted);
}

#[tokio::test]
async fn a_failed_call_in_a_function_stays_what_it_is() {
    let fails = |_: Turn| -> Result<Turn, CallError> { Err(CallError::program("no way")) };
    let error = alone(NodeFn::writes(["answer"], fails))
        .call(turn("Why"))
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Program { .. }), "{error}");
}

/// Counts the words of the field that it is told, with a model that it does not need.
#[derive(Clone)]
struct Count {
    field: &'static str,
    predictor: Predictor,
    writes: &'static str,
}

impl Count {
    fn new(field: &'static str, writes: &'static str) -> Self {
        let spec = make_signature("text -> count: int", "").unwrap();
        let predictor = Predictor::new("own", spec.into(), model().into());
        Self {
            field,
            predictor,
            writes,
        }
    }
}

impl Node for Count {
    fn fields(&self) -> Vec<Field> {
        let count = Ty::Int { min: 0, max: 99 };
        vec![
            Field::input(self.field, Ty::Str),
            Field::output("length", count),
        ]
    }

    async fn run(
        &self,
        _: &Context<'_>,
        inputs: Map<String, Value>,
    ) -> Result<Map<String, Value>, CallError> {
        let names: Vec<&str> = inputs.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [self.field],
            "it is given its inputs and nothing else"
        );
        let count = inputs[self.field].as_str().unwrap().split(' ').count();
        Ok(Map::from_iter([(self.writes.to_owned(), json!(count))]))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.predictor]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.predictor]
    }
}

#[tokio::test]
async fn a_node_of_ones_own_is_given_its_inputs_and_writes_its_outputs() {
    let program = alone(Count::new("question", "length"));
    assert_eq!(program.call(turn("Why is it so")).await.unwrap().length, 4);
    assert_eq!(program.predictors()[0].path(), "only.own");
    assert_eq!(program.drawn().nodes[1].kind, NodeKind::Code);

    let program = alone(Count::new("question", "answer"));
    let error = program.call(turn("Why")).await.unwrap_err();
    let wanted = "step `only`: it writes `answer`, which is not an output in its `fields`";
    assert_eq!(error.to_string(), wanted);
}

#[tokio::test]
async fn an_output_that_a_node_leaves_out_is_not_written() {
    #[derive(Clone)]
    struct Silent;
    impl Node for Silent {
        fn fields(&self) -> Vec<Field> {
            vec![Field::output("answer", Ty::Str)]
        }

        async fn run(
            &self,
            _: &Context<'_>,
            _: Map<String, Value>,
        ) -> Result<Map<String, Value>, CallError> {
            Ok(Map::new())
        }
    }
    let mut graph = StateGraph::<Turn>::new("Silent");
    graph
        .add_node("silent", Silent)
        .inputs(["answer"])
        .set_entry_point("silent")
        .add_edge("silent", END);
    let given = Turn {
        answer: "as given".to_owned(),
        ..turn("Why")
    };
    let program = graph.compile().unwrap();
    assert_eq!(program.call(given.clone()).await.unwrap(), given);
}

#[tokio::test]
async fn a_graph_is_a_node_of_another_graph() {
    let mut inner = StateGraph::<Turn>::new("Inner");
    inner
        .add_node("ask", Predict::<Ask>::new(model()))
        .add_node("answer", Predict::<Answer>::new(model()))
        .set_entry_point("ask")
        .add_edge("ask", "answer")
        .add_edge("answer", END);
    let inner = inner.compile().unwrap();
    let mut outer = StateGraph::<Turn>::new("Outer");
    outer
        .add_node("whole", inner)
        .add_node(
            "measure",
            NodeFn::writes(["length"], |mut turn: Turn| {
                turn.length = u32::try_from(turn.answer.len()).unwrap_or(u32::MAX);
                turn
            }),
        )
        .set_entry_point("whole")
        .add_edge("whole", "measure")
        .add_edge("measure", END);
    let program = outer.compile().unwrap();
    let answered = program.call(turn("Why")).await.unwrap();
    assert_eq!(
        (answered.answer.as_str(), answered.length),
        ("answer of Why", 13)
    );
    let paths: Vec<_> = program.predictors().iter().map(|p| p.path()).collect();
    assert_eq!(paths, ["whole.ask", "whole.answer"]);

    let mut outermost = StateGraph::<Turn>::new("Outermost");
    outermost
        .add_node("all", program)
        .set_entry_point("all")
        .add_edge("all", END);
    let program = outermost.compile().unwrap();
    assert_eq!(program.call(turn("Why")).await.unwrap(), answered);
    assert_eq!(program.predictors()[1].path(), "all.whole.answer");
    assert!(
        program
            .drawn()
            .to_mermaid()
            .contains("subgraph n1_1[\"whole<br/>Inner\"]")
    );
}

/// A state that shares only some fields with the outer one.
#[tokio::test]
async fn a_graph_over_another_state_shares_fields_by_name() {
    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Inside {
        question: String,
        answer: String,
        #[serde(default)]
        tries: u8,
    }
    let try_it = |mut inside: Inside| {
        inside.tries += 1;
        inside.answer = format!("{}! {}", inside.question, inside.tries);
        inside
    };
    let mut inner = StateGraph::<Inside>::new("Inner");
    inner
        .add_node("try", NodeFn::writes(["answer"], try_it))
        .set_entry_point("try")
        .add_edge("try", END);
    let mut outer = StateGraph::<Turn>::new("Outer");
    outer
        .add_node("inner", inner.compile().unwrap())
        .set_entry_point("inner")
        .add_edge("inner", END);
    let answered = outer.compile().unwrap().call(turn("Why")).await.unwrap();
    assert_eq!(answered.answer, "Why! 1");
}

#[tokio::test]
async fn a_map_is_a_state() {
    let double = |mut state: Map<String, Value>| {
        let n = state["n"].as_i64().unwrap();
        state.insert("twice".to_owned(), json!(2 * n));
        state
    };
    let mut graph = StateGraph::<Map<String, Value>>::new("Open");
    graph
        .add_node("double", NodeFn::writes(["twice"], double))
        .set_entry_point("double")
        .add_edge("double", END);
    let state = json!({"n": 4}).as_object().unwrap().clone();
    let state = graph.compile().unwrap().call(state).await.unwrap();
    assert_eq!(Value::Object(state), json!({"n": 4, "twice": 8}));
}

#[tokio::test]
async fn a_graph_is_part_of_a_pipeline() {
    use dashoptimize::module::FromLm;

    /// Asks, then answers.
    #[derive(Clone)]
    struct Asking(CompiledGraph<Turn>);

    impl FromLm for Asking {
        fn from_lm(lm: Lm) -> Self {
            let mut graph = StateGraph::<Turn>::new("Asking");
            graph
                .add_node("ask", Predict::<Ask>::new(&lm))
                .add_node("answer", Predict::<Answer>::new(&lm))
                .set_entry_point("ask")
                .add_edge("ask", "answer")
                .add_edge("answer", END);
            Self(graph.compile().expect("the graph is sound"))
        }
    }

    impl Module for Asking {
        type Input = Turn;
        type Output = Turn;

        async fn forward(&self, context: &Context<'_>, turn: Turn) -> Result<Turn, CallError> {
            self.0.forward(context, turn).await
        }

        fn predictors(&self) -> Vec<&Predictor> {
            self.0.predictors()
        }

        fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
            self.0.predictors_mut()
        }
    }

    pipeline!(
        fn Shouted(question: String) -> String {
            let turn = Asking {
                question,
                ..Default::default()
            };
            turn.answer.to_uppercase()
        }
    );

    let program = Shouted::new(model());
    let question = "Why".to_owned();
    assert_eq!(
        program.call(ShoutedInput { question }).await.unwrap(),
        "ANSWER OF WHY"
    );
    let paths: Vec<_> = program.predictors().iter().map(|p| p.path()).collect();
    assert_eq!(paths, ["turn.ask", "turn.answer"]);
}
