//! Code of a model that is hostile: its exceptions, the arguments of its calls and the values that it is
//! given stay within the limits, and a fault of the interpreter is not called a fault of the code.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dashoptimize::interpreter::{
    Ending, FunctionCall, Functions, HostError, InterpreterError, Limits, PythonError, Session,
};
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::module::{CodeAct, ProgramOfThought};
use dashoptimize::prelude::*;
use dashoptimize::tool::{SimpleTool, ToolboxError};
use serde_json::{Map, Value, json};

use crate::support::python::{interpreter, object, run, small};

fn nested(depth: usize) -> Value {
    (1..depth).fold(json!([]), |inner, _| Value::Array(vec![inner]))
}

fn number(call: &FunctionCall) -> usize {
    let number = call.args.first().and_then(Value::as_u64);
    number.unwrap_or(0) as usize
}

/// `echo` gives back its argument, `deep` and `large` give a value of that depth or size, and `fail` fails
/// with a text of that size.
fn functions() -> Functions {
    Functions::new()
        .with("echo", async |call| Ok(json!(call.args.first())))
        .with("deep", async |call| Ok(nested(number(&call))))
        .with("large", async |call| Ok(json!("x".repeat(number(&call)))))
        .with("many", async |call| Ok(json!(vec![0; number(&call)])))
        .with("fail", async |call| {
            Err(HostError::new("ValueError", "x".repeat(number(&call))))
        })
}

async fn next(session: &mut Session, code: &str) -> Ending {
    let outcome = session.run(code, Map::new(), &functions()).await;
    outcome.expect("the worker starts").ending
}

async fn ending(limits: Limits, code: &str) -> Ending {
    next(&mut interpreter().limits(limits).session(), code).await
}

fn raised(ending: Ending) -> PythonError {
    match ending {
        Ending::Raised(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_text_of_an_exception_is_within_the_output() {
    for code in [
        "raise ValueError('E' * 2_000_000)",
        "{}['k' * 2_000_000]",
        "int('z' * 300_000)",
        "float('é' * 150_000)",
        "assert False, 'a' * 2_000_000",
        "import json\njson.loads('[' + 'x' * 2_000_000)",
        "raise Exception('E' * 1_000_000, 'F' * 1_000_000)",
        "fail(2_000_000)",
        "try:\n    raise ValueError('a' * 2_000_000)\nexcept ValueError as e:\n    raise TypeError(str(e))",
        "getattr(1, 'a' * 2_000_000)",
    ] {
        let error = raised(ending(Limits::default().output(1000), code).await);
        assert!(
            error.message.len() <= 1000,
            "{code}: {}",
            error.message.len()
        );
    }
    let name = "n".repeat(100_000);
    for code in [
        name.clone(),
        format!("import {name}"),
        format!("(1).{name}"),
        format!("echo({name}="),
    ] {
        let error = raised(ending(Limits::default().output(1000), &code).await);
        assert!(error.message.len() <= 1000, "{}", error.message.len());
    }
    let error = raised(ending(small().output(40), "raise ValueError('é' * 50)").await);
    assert_eq!(
        error.message,
        format!("{}… (100 bytes in all)", "é".repeat(9))
    );
    let error = raised(ending(small().output(40), "raise ValueError('é' * 20)").await);
    assert_eq!(error.message, "é".repeat(20), "just as much");
}

#[tokio::test]
async fn variables_survive_a_long_exception() {
    let mut session = interpreter().limits(small()).session();
    raised(next(&mut session, "x = 5\nraise ValueError('E' * 2_000_000)").await);
    assert_eq!(next(&mut session, "x").await, Ending::Value(json!(5)));
}

#[tokio::test]
async fn arguments_of_a_call_are_within_the_output() {
    for call in [
        "echo('\\x01' * 400)",
        "echo('x' * 2_000_000)",
        "echo(text='x' * 2_000_000)",
        "echo(*range(2000))",
        "echo([1] * 2000)",
        "echo({'k' * 3000: 1})",
        "echo([['x' * 500] * 2] * 2)",
        "echo(10 ** 3000)",
    ] {
        let code = format!("try:\n    {call}\nexcept ValueError as e:\n    x = str(e)\nx");
        let expected = "the arguments of echo() are larger than 1000 bytes";
        let ending = ending(small().output(1000), &code).await;
        assert_eq!(ending, Ending::Value(json!(expected)), "{call}");
    }
    let fits = ending(small().output(1000), "len(echo('x' * 900))").await;
    assert_eq!(fits, Ending::Value(json!(900)));
}

/// What a call costs the worker counts, so that calls cannot make a run longer than its time.
#[tokio::test]
async fn large_arguments_take_no_time_besides_the_limit() {
    let code = "for i in range(90):\n    try:\n        echo('\\x01' * 20_000_000)\n    except ValueError:\n        pass\n'end'";
    let started = Instant::now();
    let limits = Limits::default().time(Duration::from_secs(5));
    let ending = ending(limits, code).await;
    assert!(
        matches!(ending, Ending::Value(_) | Ending::Limit(_)),
        "{ending:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn results_that_the_worker_cannot_take_are_exceptions() {
    let mut session = interpreter().limits(small()).session();
    next(&mut session, "kept = 1").await;
    for (call, why) in [
        ("deep(101)", "deep() is nested deeper than 100 levels"),
        ("deep(127)", "deep() is nested deeper than 100 levels"),
        ("deep(3000)", "deep() is nested deeper than 100 levels"),
        ("large(9_000_000)", "large() is larger than 8388608 bytes"),
        ("many(200_000)", "many() is larger than 8388608 bytes"),
    ] {
        let code = format!("try:\n    {call}\nexcept ValueError as e:\n    x = str(e)\nx");
        let expected = format!("the result of {why}");
        assert_eq!(
            next(&mut session, &code).await,
            Ending::Value(json!(expected)),
            "{call}"
        );
    }
    assert_eq!(
        next(&mut session, "len(deep(100))").await,
        Ending::Value(json!(1))
    );
    assert_eq!(
        next(&mut session, "len(large(8_000_000))").await,
        Ending::Value(json!(8_000_000))
    );
    assert_eq!(
        next(&mut session, "len(many(100_000))").await,
        Ending::Value(json!(100_000))
    );
    assert_eq!(next(&mut session, "kept").await, Ending::Value(json!(1)));
}

#[tokio::test]
async fn inputs_that_the_worker_cannot_take_are_errors_of_the_program() {
    let mut session = interpreter().limits(small()).session();
    next(&mut session, "kept = 1").await;
    for (input, why) in [
        (nested(101), "nested deeper than 100 levels"),
        (nested(127), "nested deeper than 100 levels"),
        (json!({"a": nested(100)}), "nested deeper than 100 levels"),
        (json!("x".repeat(9_000_000)), "larger than 8388608 bytes"),
    ] {
        let inputs = object(json!({"good": 1, "bad": input}));
        let error = session
            .run("1", inputs, &())
            .await
            .expect_err("it cannot be given");
        assert!(matches!(&error, InterpreterError::Input { .. }), "{error}");
        let expected = format!("the input `bad` cannot be given to the interpreter: it is {why}");
        assert_eq!(error.to_string(), expected);
    }
    let inputs = object(json!({"good": nested(100)}));
    let outcome = session.run("len(good) + kept", inputs, &()).await;
    assert_eq!(outcome.expect("it runs").ending, Ending::Value(json!(2)));
}

#[test]
fn a_crash_is_not_called_a_fault_of_the_code() {
    let words = Ending::Crashed("the worker ended".to_owned()).to_string();
    assert!(words.contains("not a fault of the code"), "{words}");
}

/// Reads the memory of a program of its own, and prints it.
#[test]
fn the_program_keeps_little_of_what_code_sends() {
    for code in [
        "raise ValueError('E' * 20_000_000)",
        "echo('\\x01' * 30_000_000)",
        "print('x' * 20_000_000)",
        "SUBMIT('\\x01' * 20_000_000)",
        "'\\x01' * 20_000_000",
    ] {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_interpreter-worker"));
        let output = program.args(["--peak", code]).output().expect("it runs");
        let output = String::from_utf8_lossy(&output.stdout);
        let peak = output.lines().next_back().unwrap_or_default();
        let peak = peak.parse::<usize>().expect("a figure") / 1000;
        println!("{code}: {peak} MB at most");
        assert!(peak < 60, "{code}: {peak} MB");
    }
}

/// Answer the question.
#[signature]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn input() -> AskInput {
    AskInput {
        question: "why?".to_owned(),
    }
}

/// A model that writes this code in each step, then answers.
fn coder(code: &'static str) -> Scripted {
    let model = Scripted::new(move |request: &ChatRequest| {
        let asked = request
            .messages()
            .next()
            .is_some_and(|system| system.text().contains("`generated_code` (text)"));
        match asked {
            true => format!(
                "[[ ## reasoning ## ]]\nSo.\n\n[[ ## generated_code ## ]]\n```python\n{code}\n```\n\n\
                 [[ ## finished ## ]]\nfalse\n\n[[ ## completed ## ]]"
            ),
            false => {
                "[[ ## reasoning ## ]]\nSo.\n\n[[ ## answer ## ]]\nyes\n\n[[ ## completed ## ]]"
                    .to_owned()
            }
        }
    });
    model.keeping_requests()
}

fn longest(model: &Scripted) -> usize {
    let length = |request: &ChatRequest| request.messages().map(|m| m.text().len()).sum();
    model.requests().iter().map(length).max().unwrap_or(0)
}

#[tokio::test]
async fn no_exception_fills_a_prompt() {
    for code in [
        "raise ValueError('E' * 20_000_000)",
        "{}['k' * 5_000_000]",
        "give('x')[:90_000]",
    ] {
        let give = SimpleTool::new("give", "", |_| async { Ok("y".repeat(5_000_000)) });
        let model = coder(code);
        let program = CodeAct::<Ask>::new(model.clone())
            .tools([give])
            .interpreter(interpreter())
            .max_iters(2);
        program.call(input()).await.expect("an answer");
        let longest = longest(&model);
        assert!((10_000..30_000).contains(&longest), "{code}: {longest}");
    }
    let model = coder("raise ValueError('E' * 20_000_000)");
    let program = ProgramOfThought::<Ask>::new(model.clone()).interpreter(interpreter());
    let error = program.call(input()).await.expect_err("no code ran");
    assert!(longest(&model) < 30_000, "{}", longest(&model));
    assert!(
        error.to_string().len() < 11_000,
        "{}",
        error.to_string().len()
    );
}

/// A text that is JSON is a value of the code, unless it is too deep for the interpreter.
#[tokio::test]
async fn a_deep_result_of_a_tool_is_a_text() {
    for (depth, expected) in [
        (100, "\"list\""),
        (101, "\"str\""),
        (127, "\"str\""),
        (5000, "\"str\""),
    ] {
        let text = "[".repeat(depth) + &"]".repeat(depth);
        let give = SimpleTool::new("give", "", move |_| {
            let text = text.clone();
            async { Ok(text) }
        });
        let model = coder("x = type(give('x')).__name__\nx");
        let program = CodeAct::<Ask>::new(model.clone())
            .tools([give])
            .interpreter(interpreter())
            .max_iters(1);
        let output = program.call(input()).await.expect("an answer");
        assert!(
            output.trajectory.ends_with(expected),
            "{depth}: {}",
            output.trajectory
        );
    }
}

fn tool(name: &str) -> SimpleTool {
    SimpleTool::new(name.to_owned(), "", |text| async move { Ok(text) })
}

fn refusal(name: &str) -> Option<ToolboxError> {
    let program = CodeAct::<Ask>::new(coder("1"));
    program.try_tools([tool(name)]).err()
}

#[test]
fn tools_that_code_cannot_reach_are_refused() {
    for name in ["import", "del", "None", "True", "lambda", "async", "1abc"] {
        let refused = ToolboxError::InvalidPythonName {
            name: name.to_owned(),
        };
        assert_eq!(refusal(name), Some(refused));
    }
    for name in [
        "list",
        "sum",
        "filter",
        "open",
        "print",
        "id",
        "input",
        "type",
        "ValueError",
        "SUBMIT",
        "question",
    ] {
        let refused = ToolboxError::TakenPythonName {
            name: name.to_owned(),
        };
        assert_eq!(refusal(name), Some(refused));
    }
}

/// Whatever the interpreter knows by itself is refused: all names of Python's builtins are tried.
#[tokio::test]
async fn no_name_of_the_interpreter_is_that_of_a_tool() {
    const NAMES: &str = "abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr \
        classmethod compile complex delattr dict dir divmod enumerate eval exec filter float format \
        frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list \
        locals map max memoryview min next object oct open ord pow print property range repr reversed \
        round set setattr slice sorted staticmethod str sum super tuple type vars zip __import__ \
        NotImplemented Ellipsis __debug__ __name__ __doc__ __file__ __builtins__ __spec__ __loader__ \
        __package__ ArithmeticError AssertionError AttributeError BaseException EOFError Exception \
        FileNotFoundError ImportError IndexError KeyError KeyboardInterrupt LookupError MemoryError \
        ModuleNotFoundError NameError NotImplementedError OSError OverflowError PermissionError \
        RecursionError RuntimeError StopIteration SyntaxError SystemExit TimeoutError TypeError \
        UnicodeDecodeError ValueError ZeroDivisionError FrozenInstanceError search fetch math json re \
        self cls match case _ __ __call__ reveal_type exit quit JSONDecodeError JsonDecodeError \
        UnsupportedOperation NoneType Counter defaultdict deque namedtuple function module iterator Path \
        PosixPath date datetime timedelta generator coroutine cell method builtin_function_or_method";
    let known: Vec<String> = NAMES
        .split_whitespace()
        .map(|name| {
            format!("try:\n    {name}\n    known.append('{name}')\nexcept NameError:\n    pass\n")
        })
        .collect();
    let code = format!("known = []\n{}known", known.concat());
    let Ending::Value(Value::Array(known)) = run(&code).await.ending else {
        panic!("names")
    };
    assert!(known.len() > 40, "{known:?}");
    for name in known.iter().filter_map(Value::as_str) {
        assert!(refusal(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn tools_that_are_not_refused_are_called() {
    for name in [
        "search", "_", "__call__", "match", "case", "json", "math", "self", "list_", "do-it",
    ] {
        assert_eq!(refusal(name), None, "{name}");
        let called = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&called);
        let tool = SimpleTool::new(name.to_owned(), "", move |text| {
            *counted.lock().expect("no panic") += 1;
            async move { Ok(text) }
        });
        let code = format!("{}('hello')", name.replace('-', "_"));
        let program = CodeAct::<Ask>::new(coder(code.leak()))
            .tools([tool])
            .interpreter(interpreter())
            .max_iters(1);
        program.call(input()).await.expect("an answer");
        assert_eq!(*called.lock().expect("no panic"), 1, "{name}");
    }
}
