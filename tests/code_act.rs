//! `CodeAct`: steps of code with tools.

use std::sync::{Arc, Mutex};

use dashoptimize::artifact::Persist;
use dashoptimize::call::{CallError, TraceEvent, Traced};
use dashoptimize::interpreter::Limits;
use dashoptimize::lm::{ChatRequest, LmError, LmErrorKind, Scripted};
use dashoptimize::module::{CodeAct, Module, ModuleCore, ModuleExt, ValueModule};
use dashoptimize::tool::{SimpleTool, ToolError, ToolboxError};
use dashoptimize::{module, signature, tool, tools};
use serde_json::{Value, json};

use crate::support::python::{interpreter, small};

/// Find out what is asked.
#[signature]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ask {
    #[input]
    pub(crate) question: String,
    #[output]
    pub(crate) answer: String,
}

fn input() -> AskInput {
    AskInput {
        question: "How many people live there?".to_owned(),
    }
}

/// How many people live in a city.
#[tool]
fn population(
    /// name of the city
    city: &str,
    year: Option<u32>,
) -> Result<u32, String> {
    match city {
        "Bern" => Ok(year.unwrap_or(134_000)),
        _ => Err(format!("{city} is not on the map")),
    }
}

/// Names of cities.
#[tool(name = "list-cities")]
async fn cities() -> Vec<String> {
    tokio::task::yield_now().await;
    vec!["Bern".to_owned(), "Biel".to_owned()]
}

#[tool]
fn broken() {
    panic!("on purpose");
}

fn act(model: &Scripted) -> CodeAct<Ask> {
    CodeAct::new(model.clone())
        .tools(tools![population, cities, broken])
        .interpreter(interpreter().limits(small()))
}

/// A step of the model.
fn step(code: &str, finished: bool) -> String {
    format!(
        "[[ ## generated_code ## ]]\n```python\n{code}\n```\n\n[[ ## finished ## ]]\n{finished}\n\n[[ ## completed ## ]]"
    )
}

fn is_asked_for_code(request: &ChatRequest) -> bool {
    request
        .messages()
        .next()
        .is_some_and(|system| system.text().contains("`generated_code` (text)"))
}

/// The steps that a request shows.
fn trajectory(request: &ChatRequest) -> String {
    let query = request.turns.last().map_or("", |turn| turn.text());
    let (_, behind) = query
        .split_once("[[ ## trajectory ## ]]\n")
        .expect("a trajectory");
    behind
        .split("\n\nRespond with")
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// A model that takes these steps, one after the other, and answers with the last line of the trajectory.
fn model(steps: Vec<String>) -> Scripted {
    let taken = Mutex::new(0);
    let model = Scripted::new(move |request: &ChatRequest| {
        if is_asked_for_code(request) {
            let mut taken = taken.lock().expect("no panic");
            *taken += 1;
            return steps[*taken - 1].clone();
        }
        let steps = trajectory(request);
        let last = steps.lines().last().unwrap_or_default();
        format!(
            "[[ ## reasoning ## ]]\nI saw it.\n\n[[ ## answer ## ]]\n{last}\n\n[[ ## completed ## ]]"
        )
    });
    model.keeping_requests()
}

#[tokio::test]
async fn steps_call_tools_and_share_variables() {
    let model = model(vec![
        step("names = list_cities()\nprint(names)", false),
        step(
            "n = population(names[0])\nm = population(year=1800, city='Bern')",
            false,
        ),
        step("n - m", true),
    ]);
    let output = act(&model).call(input()).await.unwrap();
    assert_eq!(
        output.answer, "132200",
        "tools give numbers and lists, not texts of them"
    );
    assert_eq!(output.reasoning, "I saw it.");
    let expected = "Step 1, code:\nnames = list_cities()\nprint(names)\nStep 1, output:\n['Bern', 'Biel']\n\n\
        Step 2, code:\nn = population(names[0])\nm = population(year=1800, city='Bern')\nStep 2, output:\n1800\n\n\
        Step 3, code:\nn - m\nStep 3, output:\n132200";
    assert_eq!(output.trajectory, expected);
    let requests = model.requests();
    assert_eq!(requests.len(), 4, "three steps, then the answer");
    assert_eq!(trajectory(&requests[0]), "(no steps yet)");
    assert!(
        expected.starts_with(&trajectory(&requests[1]))
            && trajectory(&requests[1]).ends_with("'Biel']")
    );
    assert_eq!(trajectory(&requests[3]), expected);
}

#[tokio::test]
async fn the_prompt_says_what_can_be_called() {
    let rendered = act(&model(Vec::new())).render(&input());
    let system = rendered[0].text();
    for words in [
        "Find out what is asked.",
        "something that is needed for `answer`",
        "The code can call these functions:\n1. `population`: How many people live in a city.\n   - `city` (text): name of the city",
        "2. `list_cities`: Names of cities.",
        "No other module is there",
    ] {
        assert!(system.contains(words), "{words}\nis not in\n{system}");
    }
}

#[tokio::test]
async fn whatever_a_tool_does_wrong_is_an_exception() {
    let table = [
        (
            "population('Atlantis')",
            "line 1: RuntimeError: `population` failed: Atlantis is not on the map",
        ),
        (
            "broken()",
            "line 1: RuntimeError: `broken` failed: it panicked: on purpose",
        ),
        ("population()", "line 1: TypeError: "),
        ("population(city=1.5, year='x')", "line 1: TypeError: "),
        (
            "population('Bern', 1800, 3)",
            "line 1: TypeError: population() takes 2 arguments but 3 were given",
        ),
        (
            "population('Bern', city='Bern')",
            "line 1: TypeError: population() got multiple values for argument 'city'",
        ),
        (
            "search('Bern')",
            "line 1: NameError: name 'search' is not defined",
        ),
        (
            "try:\n    population('Atlantis')\nexcept RuntimeError:\n    x = 'caught'\nx",
            "\"caught\"",
        ),
    ];
    for (code, said) in table {
        let model = model(vec![step(code, true)]);
        let output = act(&model).call(input()).await.unwrap();
        let last = output
            .trajectory
            .rsplit_once("output:\n")
            .expect("an output")
            .1;
        assert!(last.starts_with(said), "{code}: {last}");
    }
}

#[tokio::test]
async fn code_that_fails_is_a_step_like_any_other() {
    let model = model(vec![
        step("kept = 1\n1 / 0", false),
        step("kept", false),
        step("while True: pass", false),
        step("'after the loop'", false),
        step("kept", false),
    ]);
    let output = act(&model).call(input()).await.unwrap();
    assert_eq!(
        model.calls(),
        6,
        "five steps by default, then the answer all the same"
    );
    let outputs: Vec<&str> = output
        .trajectory
        .split("output:\n")
        .skip(1)
        .map(|rest| rest.lines().next().unwrap_or(""))
        .collect();
    assert_eq!(outputs[0], "line 2: ZeroDivisionError: division by zero");
    assert_eq!(outputs[1], "1");
    assert!(outputs[2].contains("endless loop"), "{outputs:?}");
    assert_eq!(outputs[3], "\"after the loop\"");
    assert_eq!(
        outputs[4], "line 1: NameError: name 'kept' is not defined",
        "lost with the loop"
    );
}

#[tokio::test]
async fn submit_finishes() {
    let model = model(vec![step("SUBMIT(answer='Bern')", false)]);
    let output = act(&model).call(input()).await.unwrap();
    assert_eq!(output.answer, "{\"answer\":\"Bern\"}");
    assert_eq!(model.calls(), 2);
}

#[tokio::test]
async fn without_code_a_step_gives_nothing() {
    let model = model(vec![step("", false), step("x = None", true)]);
    let output = act(&model).call(input()).await.unwrap();
    assert!(
        output.trajectory.contains("Step 1, output:\n(nothing)"),
        "{}",
        output.trajectory
    );
    assert!(
        output.trajectory.ends_with("Step 2, output:\n(nothing)"),
        "{}",
        output.trajectory
    );
}

/// A model whose context holds two steps.
#[tokio::test]
async fn steps_that_do_not_fit_into_the_context_are_not_shown() {
    let model = Scripted::new(|request: &ChatRequest| {
        let shown = trajectory(request);
        if shown.matches("output:").count() > 2 {
            return Err(LmError::new(LmErrorKind::ContextTooLong, "too long"));
        }
        Ok(match is_asked_for_code(request) {
            true => step(&format!("{}", shown.len()), false),
            false => "[[ ## reasoning ## ]]\nSo.\n\n[[ ## answer ## ]]\ndone".to_owned(),
        })
    });
    let output = act(&model).max_iters(4).call(input()).await.unwrap();
    assert_eq!(output.answer, "done");
    assert_eq!(
        output.trajectory.matches("output:").count(),
        4,
        "all steps are in the output"
    );
}

#[tokio::test]
async fn a_context_too_small_for_one_step_is_the_error() {
    let model = Scripted::new(|request: &ChatRequest| match trajectory(request).as_str() {
        "(no steps yet)" => Ok(step("1", false)),
        _ => Err(LmError::new(LmErrorKind::ContextTooLong, "too long")),
    });
    let error = act(&model).call(input()).await.unwrap_err();
    assert!(
        matches!(&error, CallError::Lm { predictor, source, .. } if predictor == "act" && source.kind() == LmErrorKind::ContextTooLong),
        "{error}"
    );
    assert_eq!(model.calls(), 2);
}

#[tokio::test]
async fn code_and_output_are_told_while_they_happen() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let told = Arc::clone(&told);
        move |traced: &Traced| {
            let words = match &traced.event {
                TraceEvent::CodeStarted { module, code, .. } => format!("code of {module}: {code}"),
                TraceEvent::CodeEnded { module, output, .. } => {
                    format!("output of {module}: {output:?}")
                }
                _ => return,
            };
            told.lock().expect("no panic").push(words);
        }
    };
    let program = act(&model(vec![step("population('Bern')", true)])).under("find");
    program.call_watched(input(), listener).await.unwrap();
    assert_eq!(
        *told.lock().expect("no panic"),
        [
            "code of find: population('Bern')",
            "output of find: Ok(\"134000\")"
        ]
    );
}

module!(
    /// Finds out.
    #[with(tools = tools![population], max_iters = 2, interpreter = interpreter(), limits = Limits::default().calls(1))]
    type FindOut = CodeAct<Ask>;
);

#[tokio::test]
async fn options_of_a_named_module_are_kept() {
    let calls_twice = step("population('Bern')\npopulation('Bern')", false);
    let model = model(vec![calls_twice.clone(), calls_twice]);
    let program = FindOut::new(model.clone());
    let paths: Vec<&str> = program
        .predictors()
        .iter()
        .map(|predictor| predictor.path())
        .collect();
    assert_eq!(paths, ["act", "extract"]);
    let output = program.call(input()).await.unwrap();
    assert_eq!(model.calls(), 3, "two steps");
    assert!(
        output
            .answer
            .ends_with("RuntimeError: more than 1 calls of functions"),
        "{}",
        output.answer
    );
}

#[tokio::test]
async fn prompts_of_both_predictors_go_through_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("act.json");
    let model = model(vec![step("1", true)]);
    let mut state = act(&model).state();
    for (predictor, prose) in [("act", "Do it."), ("extract", "Say it.")] {
        state
            .predictors
            .get_mut(predictor)
            .expect(predictor)
            .instructions = Some(prose.to_owned());
    }
    act(&model).with_state(&state).unwrap().save(&path).unwrap();
    let loaded = act(&model).load(&path).unwrap();
    assert_eq!(loaded.state(), state);
    assert_eq!(loaded.call(input()).await.unwrap().answer, "1");
    for (request, prose) in model.requests().iter().zip(["Do it.", "Say it."]) {
        assert!(
            request
                .messages()
                .next()
                .expect("a system message")
                .text()
                .contains(prose)
        );
    }
}

#[tokio::test]
async fn closures_are_tools_and_their_numbers_are_numbers() {
    let double = SimpleTool::new("double", "Doubles a number.", |text| async move {
        let number: i64 = text
            .parse()
            .map_err(|_| ToolError::new(format!("`{text}` is no number")))?;
        Ok((2 * number).to_string())
    });
    let model = model(vec![step("double('21') + 0", true)]);
    let program = CodeAct::<Ask>::new(model)
        .tools(tools![&double])
        .interpreter(interpreter());
    assert_eq!(program.call(input()).await.unwrap().answer, "42");
}

#[tokio::test]
async fn it_works_over_a_signature_made_at_run_time() {
    let spec = dashoptimize::signature::make_signature("n: int -> answer", "Count.").unwrap();
    let model = model(vec![step("n + 1", true)]);
    let program = <CodeAct>::over(&spec, model).interpreter(interpreter());
    let values = program.call(vec![json!(41)]).await.unwrap();
    let names: Vec<&str> = program
        .core()
        .spec()
        .outputs()
        .map(|field| &*field.name)
        .collect();
    assert_eq!(names, ["trajectory", "reasoning", "answer"]);
    assert_eq!(
        values[0],
        Value::from("Step 1, code:\nn + 1\nStep 1, output:\n42")
    );
    assert_eq!(values[2], json!("42"));
}

#[tokio::test]
async fn tools_that_cannot_be_told_apart_in_python_are_an_error_before_any_call() {
    let named = |name: &'static str| SimpleTool::new(name, "", |text| async move { Ok(text) });
    let model = model(Vec::new());
    let same = act(&model).tools([named("a-b"), named("a_b")]);
    let error = same.call(input()).await.expect_err("the same name twice");
    assert!(
        matches!(&error, CallError::Tools { source: ToolboxError::SamePythonName { name }, .. } if name == "a_b"),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "two tools are called `a_b` in Python; rename one of them"
    );
    assert_eq!(model.calls(), 0);
    assert!(same.render(&input()).is_empty(), "nothing is sent");
    let error = act(&model)
        .try_tools([named("7up")])
        .expect_err("no name in Python");
    assert_eq!(
        error,
        ToolboxError::InvalidPythonName {
            name: "7up".to_owned()
        }
    );
}
