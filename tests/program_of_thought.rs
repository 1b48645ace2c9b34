//! `ProgramOfThought`: code is written, run, mended, and answered from.

use std::sync::{Arc, Mutex};

use dashoptimize::artifact::Persist;
use dashoptimize::call::{CallError, TraceEvent, Traced};
use dashoptimize::engine::Run;
use dashoptimize::evaluate::{Dataset, Splits};
use dashoptimize::lm::{ChatRequest, Message, Scripted};
use dashoptimize::module::{Module, ModuleExt, NoCodeRan, ProgramOfThought, Reasoned};
use dashoptimize::optimizer::BootstrapFewShot;
use dashoptimize::{module, pipeline, signature};
use proptest::prelude::*;
use serde_json::json;

use crate::support::python::{interpreter, small};

/// Solve the word problem.
#[signature]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    /// the problem in words
    #[input]
    pub(crate) question: String,
    #[input]
    pub(crate) numbers: Vec<i64>,
    #[output]
    pub(crate) total: i64,
}

fn input(numbers: &[i64]) -> ProblemInput {
    ProblemInput {
        question: "What do they add up to?".to_owned(),
        numbers: numbers.to_vec(),
    }
}

type Solve = ProgramOfThought<Problem>;

fn solve(model: &Scripted) -> Solve {
    Solve::new(model.clone()).interpreter(interpreter().limits(small()))
}

fn code(code: &str) -> String {
    format!(
        "[[ ## reasoning ## ]]\nI compute.\n\n[[ ## generated_code ## ]]\n{code}\n\n[[ ## completed ## ]]"
    )
}

fn last(request: &ChatRequest) -> &str {
    request.turns.last().map_or("", |turn| turn.text())
}

fn is_asked_for_code(request: &ChatRequest) -> bool {
    request
        .messages()
        .next()
        .is_some_and(|system| system.text().contains("`generated_code` (text)"))
}

/// The section of a query.
fn section(query: &str, field: &str) -> String {
    let (_, behind) = query
        .split_once(&format!("[[ ## {field} ## ]]\n"))
        .expect("the section");
    behind
        .split("\n\n[[ ##")
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// A model that writes these codes, one after the other, and answers with the digits of the output.
fn model(codes: &'static [&'static str]) -> Scripted {
    let written = Mutex::new(0);
    let model = Scripted::new(move |request: &ChatRequest| {
        if is_asked_for_code(request) {
            let mut written = written.lock().expect("no panic");
            *written += 1;
            return code(codes[*written - 1]);
        }
        let output = section(last(request), "code_output");
        let total: String = output.chars().filter(|c| c.is_ascii_digit()).collect();
        format!(
            "[[ ## reasoning ## ]]\nIt gave {output}.\n\n[[ ## total ## ]]\n{total}\n\n[[ ## completed ## ]]"
        )
    });
    model.keeping_requests()
}

#[tokio::test]
async fn the_answer_comes_from_what_the_code_gave() {
    let model = model(&["```python\nSUBMIT(total=sum(numbers))\n```"]);
    let output = solve(&model).call(input(&[19, 23])).await.unwrap();
    assert_eq!(
        (output.total, output.reasoning.as_str()),
        (42, "It gave {\"total\":42}.")
    );
    let requests = model.requests();
    assert_eq!(requests.len(), 2, "code and answer");
    let asked = last(&requests[1]);
    assert_eq!(
        section(asked, "final_generated_code"),
        "SUBMIT(total=sum(numbers))",
        "without its fence"
    );
    assert_eq!(
        section(asked, "numbers"),
        "[19,23]",
        "the inputs are there as well"
    );
}

#[tokio::test]
async fn prints_and_the_last_value_count_too() {
    for (written, output) in [
        ("print('so:', 40 + 2)", "so: 42"),
        ("40 + 2", "42"),
        ("x = 40\ntotal = x + 2", "42"),
        ("print('it is')\n42", "it is\n42"),
    ] {
        let model = Scripted::new(move |request: &ChatRequest| {
            if is_asked_for_code(request) {
                return code(written);
            }
            assert_eq!(section(last(request), "code_output"), output);
            "[[ ## reasoning ## ]]\nSo.\n\n[[ ## total ## ]]\n42".to_owned()
        });
        assert_eq!(
            solve(&model).call(input(&[])).await.unwrap().total,
            42,
            "{written}"
        );
    }
}

#[tokio::test]
async fn code_that_fails_is_handed_back_with_its_error() {
    let model = model(&["x = 1\nnumbers[9]", "while True: pass", "sum(numbers)"]);
    let output = solve(&model).call(input(&[1, 2])).await.unwrap();
    assert_eq!(output.total, 3);
    let requests = model.requests();
    assert_eq!(requests.len(), 4, "three times code, then the answer");
    let [_, second, third, _] = &requests[..] else {
        unreachable!()
    };
    assert_eq!(section(last(second), "previous_code"), "x = 1\nnumbers[9]");
    assert_eq!(
        section(last(second), "error"),
        "line 2: IndexError: list index out of range"
    );
    assert_eq!(section(last(third), "previous_code"), "while True: pass");
    assert!(
        section(last(third), "error").contains("is there an endless loop?"),
        "ended by the limit of steps"
    );
}

#[tokio::test]
async fn each_attempt_starts_without_variables() {
    let model = model(&["left = 5\n1 / 0", "left", "7"]);
    assert_eq!(solve(&model).call(input(&[])).await.unwrap().total, 7);
    let third = &model.requests()[2];
    assert_eq!(
        section(last(third), "error"),
        "line 1: NameError: name 'left' is not defined"
    );
}

#[tokio::test]
async fn code_that_gives_nothing_has_failed() {
    for (written, error) in [
        (
            "x = None",
            "the code gave nothing; print the result, or end with `SUBMIT(…)`",
        ),
        ("", "there is no code"),
        ("```python\n```", "there is no code"),
    ] {
        let model = Scripted::new(move |_: &ChatRequest| code(written));
        let failed = solve(&model)
            .max_iters(1)
            .call(input(&[]))
            .await
            .unwrap_err();
        assert_eq!(
            attempts(&failed),
            [(String::new(), error.to_owned())].map(|(_, error)| error),
            "{written:?}"
        );
    }
}

fn no_code_ran(error: &CallError) -> &NoCodeRan {
    let CallError::Step { source, .. } = error else {
        panic!("{error}")
    };
    source.downcast_ref().expect("no code ran")
}

fn attempts(error: &CallError) -> Vec<String> {
    no_code_ran(error)
        .attempts
        .iter()
        .map(|attempt| attempt.error.clone())
        .collect()
}

#[tokio::test]
async fn code_that_never_runs_keeps_all_attempts() {
    let model = model(&[
        "print('here')\n1 / 0",
        "while True: pass",
        "import numpy",
        "never written",
    ]);
    let mut program = solve(&model);
    program = program.under("solve");
    let error = program.call(input(&[])).await.unwrap_err();
    let NoCodeRan { attempts, .. } = no_code_ran(&error);
    assert_eq!(attempts.len(), 3, "the default");
    assert_eq!(attempts[0].code, "print('here')\n1 / 0");
    assert_eq!(
        attempts[0].error, "here\nline 2: ZeroDivisionError: division by zero",
        "with what it printed"
    );
    assert_eq!(
        error.to_string(),
        "step `solve`: no code ran to its end in 3 attempts; the last error: line 1: ModuleNotFoundError: No module named 'numpy'"
    );
    assert_eq!(model.calls(), 3, "no answer is asked for");
}

#[tokio::test]
async fn a_program_that_does_not_serve_is_told_to() {
    let model = model(&["1"]);
    let error = Solve::new(model).call(input(&[])).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("call `dashoptimize::interpreter::serve` first in `main`"),
        "{error}"
    );
}

module!(
    /// Computes.
    #[with(max_iters = 1, interpreter = interpreter(), limits = small().steps(1000))]
    type Compute = ProgramOfThought<Problem>;
);

#[tokio::test]
async fn options_of_a_named_module_are_kept() {
    let model = model(&["sum(range(10000))\nfor i in range(1000): pass"]);
    let error = Compute::new(model.clone())
        .call(input(&[]))
        .await
        .unwrap_err();
    assert_eq!(attempts(&error).len(), 1, "one iteration");
    assert!(attempts(&error)[0].contains("endless loop"), "few steps");
    let program = Compute::new(model);
    let paths: Vec<&str> = program
        .predictors()
        .iter()
        .map(|predictor| predictor.path())
        .collect();
    assert_eq!(paths, ["generate", "regenerate", "answer"]);
    let sent: Vec<Message> = program.render(&input(&[1]));
    assert!(
        sent[0]
            .text()
            .contains("End the code with `SUBMIT(total=…)`"),
        "{}",
        sent[0].text()
    );
    assert!(
        sent[0].text().contains("Solve the word problem."),
        "{}",
        sent[0].text()
    );
    assert!(
        sent[0].text().contains("No other module is there"),
        "the dialect: {}",
        sent[0].text()
    );
}

pipeline!(
    /// Adds, then doubles what came out.
    fn Twice(question: String, numbers: Vec<i64>) -> i64 {
        #[with(interpreter = interpreter())]
        let first = ProgramOfThought::<Problem> { question, numbers };
        let again = Compute {
            question,
            numbers: vec![first.total, first.total],
        };
        again.total
    }
);

#[tokio::test]
async fn it_is_a_node_of_a_pipeline() {
    let model = model(&["sum(numbers)", "numbers[0] + numbers[1]"]);
    let program = Twice::new(model.clone());
    let paths: Vec<&str> = program
        .predictors()
        .iter()
        .map(|predictor| predictor.path())
        .collect();
    assert_eq!(
        paths[..3],
        ["first.generate", "first.regenerate", "first.answer"]
    );
    assert_eq!(
        paths[3..],
        ["again.generate", "again.regenerate", "again.answer"]
    );
    let input = TwiceInput {
        question: "?".to_owned(),
        numbers: vec![1, 2],
    };
    // Both nodes share the model; the second waits for the first.
    assert_eq!(program.call(input).await.unwrap(), 6);
}

#[tokio::test]
async fn code_and_output_are_told_while_they_happen() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let told = Arc::clone(&told);
        move |traced: &Traced| told.lock().expect("no panic").push(traced.event.clone())
    };
    let model = model(&["1 / 0", "print(42)"]);
    solve(&model)
        .call_watched(input(&[]), listener)
        .await
        .unwrap();
    let told: Vec<String> = told
        .lock()
        .expect("no panic")
        .iter()
        .map(in_words)
        .collect();
    assert_eq!(
        told,
        [
            "starts generate",
            "ends generate",
            "code: 1 / 0",
            "error: line 1: ZeroDivisionError: division by zero",
            "starts regenerate",
            "ends regenerate",
            "code: print(42)",
            "output: 42",
            "starts answer",
            "ends answer",
        ]
    );
}

fn in_words(event: &TraceEvent) -> String {
    match event {
        TraceEvent::PredictorStarted { predictor, .. } => format!("starts {predictor}"),
        TraceEvent::PredictorEnded(step) => format!("ends {}", step.predictor),
        TraceEvent::CodeStarted { code, .. } => format!("code: {code}"),
        TraceEvent::CodeEnded { output, .. } => match output {
            Ok(output) => format!("output: {output}"),
            Err(error) => format!("error: {error}"),
        },
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn prompts_of_all_predictors_go_through_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("solve.json");
    let mut state = solve(&model(&[])).state();
    for (predictor, prose) in [
        ("generate", "Write it."),
        ("regenerate", "Mend it."),
        ("answer", "Say it."),
    ] {
        state
            .predictors
            .get_mut(predictor)
            .expect(predictor)
            .instructions = Some(prose.to_owned());
    }
    let model = model(&["1 / 0", "42"]);
    let tuned = solve(&model).with_state(&state).unwrap();
    tuned.save(&path).unwrap();
    let loaded = solve(&model).load(&path).unwrap();
    assert_eq!(loaded.state(), state);
    assert_eq!(loaded.call(input(&[])).await.unwrap().total, 42);
    for (request, prose) in model
        .requests()
        .iter()
        .zip(["Write it.", "Mend it.", "Say it."])
    {
        let system = request.messages().next().expect("a system message").text();
        assert!(
            system.contains(prose) && !system.contains("Solve the word problem"),
            "{system}"
        );
        assert_eq!(
            system.contains("No other module is there"),
            prose != "Say it.",
            "the dialect stays"
        );
    }
}

/// Every predictor of a passing run gets a demo of what it was given and gave; `regenerate` was not asked.
#[tokio::test]
async fn optimizers_see_its_predictors() {
    let model = Scripted::new(|request: &ChatRequest| {
        if is_asked_for_code(request) {
            return code("sum(numbers)");
        }
        let total = section(last(request), "code_output");
        format!("[[ ## reasoning ## ]]\nSo.\n\n[[ ## total ## ]]\n{total}")
    });
    let row = |n: i64| Problem {
        question: format!("{n} and 1?"),
        numbers: vec![n, 1],
        total: n + 1,
    };
    let rows = |range: std::ops::Range<i64>| Dataset::from_vec(range.map(row).collect());
    let splits = Splits::builder().train(rows(0..4)).val(rows(4..6));
    let splits = splits.build().unwrap();
    let right = |gold: &Problem, output: &Reasoned<ProblemOutput>| gold.total == output.total;
    let tuned = BootstrapFewShot::new(right)
        .max_bootstrapped_demos(2)
        .max_labeled_demos(2)
        .max_iterations(1)
        .optimize(&solve(&model), &splits, &Run::in_memory())
        .await
        .unwrap();
    let demos = |path: &str| &tuned.tuned.predictors[path].demos;
    assert_eq!(
        demos("generate")[0].outputs["generated_code"],
        json!("sum(numbers)")
    );
    assert_eq!(demos("answer")[0].inputs["code_output"], json!("1"));
    assert_eq!(
        [demos("generate"), demos("regenerate"), demos("answer")].map(Vec::len),
        [2, 0, 2]
    );
}

#[test]
#[should_panic(
    expected = "`ProgramOfThought` adds the field `error`, which `question -> error` already has"
)]
fn a_signature_with_an_added_field_is_refused() {
    let spec = dashoptimize::signature::make_signature("question -> error", "").unwrap();
    let _ = <ProgramOfThought>::over(&spec, model(&[]));
}

#[tokio::test]
async fn it_works_over_a_signature_made_at_run_time() {
    let spec =
        dashoptimize::signature::make_signature("a: int, b: int -> total: int", "Add.").unwrap();
    let model = model(&["a + b"]);
    let program = <ProgramOfThought>::over(&spec, model).interpreter(interpreter());
    let values = program.call(vec![json!(40), json!(2)]).await.unwrap();
    assert_eq!(values[1], json!(42), "behind the reasoning");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever a model writes as code, the call ends: with an answer, or with all attempts.
    #[test]
    fn any_code_ends_the_call(written in "(\\PC|\n|```|    |print\\(|while |True|: |1|x|=|\\)){0,30}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let model = Scripted::new(move |request: &ChatRequest| {
            if is_asked_for_code(request) {
                code(&written)
            } else {
                "[[ ## reasoning ## ]]\nSo.\n\n[[ ## total ## ]]\n1".to_owned()
            }
        });
        let program = solve(&model).limits(small().steps(10_000)).max_iters(2);
        match runtime.block_on(program.call(input(&[]))) {
            Ok(output) => prop_assert_eq!(output.total, 1),
            Err(CallError::Parse { .. }) => {}
            Err(error) => prop_assert_eq!(no_code_ran(&error).attempts.len(), 2),
        }
    }
}
