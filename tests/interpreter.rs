//! Python code of a model: values, variables, host functions, and the code in a reply.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dashoptimize::interpreter::{
    DIALECT, Ending, FunctionCall, Functions, HostError, Interpreter, InterpreterError, Limits,
    PythonError, Session, code_in_reply, with_result,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::python::{interpreter, object, run};

async fn value(code: &str) -> Value {
    match run(code).await.ending {
        Ending::Value(value) => value,
        other => panic!("{code}: {other:?}"),
    }
}

async fn raised(code: &str) -> PythonError {
    match run(code).await.ending {
        Ending::Raised(error) => error,
        other => panic!("{code}: {other:?}"),
    }
}

/// The value of code with an input `x`.
async fn with_input(session: &mut Session, x: Value, code: &str) -> Value {
    let outcome = session
        .run(code, object(json!({ "x": x })), &())
        .await
        .expect("it starts");
    match outcome.ending {
        Ending::Value(value) => value,
        other => panic!("{code}: {other:?}"),
    }
}

#[tokio::test]
async fn prints_and_the_value_of_the_last_line() {
    let outcome = run("print('a', 1, end='!')\nx = [n * n for n in range(4)]\nx").await;
    assert_eq!(outcome.output, "a 1!");
    assert_eq!(outcome.ending, Ending::Value(json!([0, 1, 4, 9])));
    assert_eq!(value("x = 1").await, Value::Null, "no expression");
    assert_eq!(value("").await, Value::Null, "no code");
}

#[tokio::test]
async fn values_of_python_as_the_table_of_the_docs_says() {
    let table = [
        (
            "2**63, 2**64 - 1, -2**63",
            json!([9_223_372_036_854_775_808_u64, u64::MAX, i64::MIN]),
        ),
        (
            "2**64, -2**63 - 1",
            json!(["18446744073709551616", "-9223372036854775809"]),
        ),
        (
            "0.1 + 0.2, 1e300, -0.5, 2.0",
            json!([0.1 + 0.2, 1e300, -0.5, 2.0]),
        ),
        (
            "float('nan'), float('inf'), -float('inf')",
            json!(["NaN", "Infinity", "-Infinity"]),
        ),
        (
            "(1, (2,)), {3}, frozenset([4]), {'b': 1, 'a': None}",
            json!([[1, [2]], [3], [4], {"b": 1, "a": null}]),
        ),
        (
            "{1: 'b', False: 'a', None: 'c', (1, 2): 'd', 1.5: 'e'}",
            json!({"1": "b", "false": "a", "null": "c", "(1, 2)": "d", "1.5": "e"}),
        ),
        (
            "b'a\\xff', ..., 'é🦀'",
            json!(["b'a\\xff'", "Ellipsis", "é🦀"]),
        ),
        (
            "from datetime import date, datetime, time, timezone\ndate(2024, 2, 9), datetime(2024, 2, 9, 1, 2, 3, 4, timezone.utc), time(1, 2)",
            json!(["2024-02-09", "2024-02-09T01:02:03.000004+00:00", "01:02:00"]),
        ),
        (
            "from collections import namedtuple, Counter\nnamedtuple('P', 'x y')(1, 2), Counter('aab')",
            json!([{"x": 1, "y": 2}, {"a": 2, "b": 1}]),
        ),
        (
            "list(range(3)), len, int",
            json!([[0, 1, 2], "<built-in function len>", "<class 'int'>"]),
        ),
        ("x = [1]\nx.append(x)\nx", json!([1, "[...]"])),
    ];
    for (code, expected) in table {
        assert_eq!(value(code).await, expected, "{code}");
    }
    let error = raised("x = []\nfor _ in range(200): x = [x]\nx").await;
    assert_eq!(
        error.to_string(),
        "ValueError: the value is nested deeper than 100 levels"
    );
}

#[tokio::test]
async fn inputs_are_variables() {
    let mut session = interpreter().session();
    let table = [
        (json!(u64::MAX), "x + 1", json!("18446744073709551616")),
        (json!(i64::MIN), "x - 1", json!("-9223372036854775809")),
        (json!(0.1), "x + 0.2", json!(0.1 + 0.2)),
        (
            json!({"b": [1, null, true], "a": "é"}),
            "list(x), type(x['b']).__name__",
            json!([["b", "a"], "list"]),
        ),
        (
            json!("it's \"quoted\"\n\u{0}"),
            "len(x), x",
            json!([15, "it's \"quoted\"\n\u{0}"]),
        ),
    ];
    for (x, code, expected) in table {
        assert_eq!(with_input(&mut session, x, code).await, expected, "{code}");
    }
}

#[tokio::test]
async fn errors_have_type_message_and_line() {
    let outcome = run("print('before')\ndef f(x):\n    return 1 / x\n\nf(0)").await;
    assert_eq!(outcome.output, "before\n", "what was printed is kept");
    let Ending::Raised(error) = outcome.ending else {
        panic!("{:?}", outcome.ending)
    };
    assert_eq!(
        (error.kind.as_str(), error.line),
        ("ZeroDivisionError", Some(3)),
        "the innermost frame"
    );
    assert_eq!(
        error.to_string(),
        "line 3: ZeroDivisionError: division by zero"
    );

    let error = raised("x = 1\nif x\n    pass").await;
    assert_eq!((error.kind.as_str(), error.line), ("SyntaxError", Some(2)));
    let error = raised("def f():\n    yield 1").await;
    assert_eq!(
        (error.kind.as_str(), error.line),
        ("NotImplementedError", Some(2))
    );
    let error = raised("raise ValueError('mine')").await;
    assert_eq!(error.to_string(), "line 1: ValueError: mine");
    let error = raised("raise MemoryError('mine')").await;
    assert_eq!(
        error.kind, "MemoryError",
        "raised by the code, which met no limit"
    );
}

#[tokio::test]
async fn variables_live_as_long_as_the_session() {
    let mut session = interpreter()
        .limits(Limits::default().steps(100_000))
        .session();
    let mut run = async |code: &str| {
        session
            .run(code, Map::new(), &())
            .await
            .expect("it starts")
            .ending
    };
    assert_eq!(
        run("n = 1\ndef twice(x): return 2 * x").await,
        Ending::Value(Value::Null)
    );
    assert!(matches!(run("n = 5\n1 / 0").await, Ending::Raised(_)));
    assert_eq!(
        run("twice(n)").await,
        Ending::Value(json!(10)),
        "an exception loses nothing"
    );
    assert!(matches!(run("while True: n += 1").await, Ending::Limit(_)));
    assert!(
        matches!(run("n").await, Ending::Raised(_)),
        "a limit ends the worker"
    );
    assert_eq!(
        run("n = 2\nn").await,
        Ending::Value(json!(2)),
        "and the next run has a new one"
    );
}

#[tokio::test]
async fn submit_ends_the_run_with_a_value() {
    let table = [
        ("SUBMIT(6 * 7)\nprint('not reached')", json!(42)),
        (
            "SUBMIT(answer=[1], unit='m')",
            json!({"answer": [1], "unit": "m"}),
        ),
        ("SUBMIT({'answer': 1})", json!({"answer": 1})),
        ("SUBMIT()", Value::Null),
        ("SUBMIT(1, 2)", json!([1, 2])),
        (
            "def f():\n    try:\n        SUBMIT('deep')\n    except BaseException:\n        print('caught')\nf()",
            json!("deep"),
        ),
    ];
    for (code, expected) in table {
        let outcome = run(code).await;
        assert_eq!(
            (outcome.output.as_str(), outcome.ending),
            ("", Ending::Submitted(expected)),
            "{code}"
        );
    }
    let mut session = interpreter().session();
    let first = session
        .run("x = 3\nSUBMIT(x)", Map::new(), &())
        .await
        .expect("it starts");
    assert_eq!(first.ending, Ending::Submitted(json!(3)));
    assert_eq!(
        with_input(&mut session, json!(1), "x").await,
        json!(1),
        "the session goes on"
    );
}

/// `add`, whose calls are counted, a function that fails, one that panics, and one that never returns.
fn functions(added: Arc<AtomicUsize>) -> Functions {
    Functions::new()
        .with("add", move |call: FunctionCall| {
            added.fetch_add(1, Ordering::Relaxed);
            async move {
                tokio::task::yield_now().await;
                let named = call.kwargs.values().filter_map(Value::as_i64).sum::<i64>();
                Ok(json!(
                    call.args.iter().filter_map(Value::as_i64).sum::<i64>() + named
                ))
            }
        })
        .with("fail", async |_| {
            Err(HostError::new("KeyError", "not there"))
        })
        .with("odd", async |_| Err(HostError::new("NoSuchType", "odd")))
        .with("panic", async |_| panic!("on purpose"))
        .with("never", async |_| std::future::pending().await)
}

#[tokio::test]
async fn code_calls_functions_of_the_host() {
    let added = Arc::new(AtomicUsize::new(0));
    let host = functions(Arc::clone(&added));
    let mut session = interpreter().session();
    let mut run = async |code: &str| {
        session
            .run(code, Map::new(), &host)
            .await
            .expect("it starts")
            .ending
    };
    assert_eq!(
        run("sum([add(n, n, extra=1) for n in range(3)])").await,
        Ending::Value(json!(9))
    );
    assert_eq!(added.load(Ordering::Relaxed), 3);

    let caught = run("try:\n    fail()\nexcept KeyError as e:\n    x = str(e)\nx").await;
    assert_eq!(caught, Ending::Value(json!("'not there'")));
    let caught = run("try:\n    panic()\nexcept RuntimeError as e:\n    x = str(e)\nx").await;
    assert_eq!(caught, Ending::Value(json!("panic() panicked")));
    let Ending::Raised(error) = run("x = 1\nodd()").await else {
        panic!("it is not caught")
    };
    assert_eq!(
        error.to_string(),
        "line 2: RuntimeError: odd",
        "an unknown type"
    );
    let Ending::Raised(error) = run("invented(1)").await else {
        panic!("there is none")
    };
    assert_eq!(
        error.to_string(),
        "line 1: NameError: name 'invented' is not defined"
    );
    let deep = run("x = []\nfor _ in range(200): x = [x]\ntry:\n    add(x)\nexcept ValueError as e:\n    y = str(e)\ny").await;
    assert_eq!(
        deep,
        Ending::Value(json!(
            "the arguments of add() are nested deeper than 100 levels"
        ))
    );
}

#[tokio::test]
async fn calls_of_host_functions_are_counted() {
    let added = Arc::new(AtomicUsize::new(0));
    let host = functions(Arc::clone(&added));
    let mut session = interpreter().limits(Limits::default().calls(5)).session();
    let code = "n = 0\nwhile True:\n    add(n, 1)\n    n += 1";
    let outcome = session
        .run(code, Map::new(), &host)
        .await
        .expect("it starts");
    let Ending::Raised(error) = outcome.ending else {
        panic!("{:?}", outcome.ending)
    };
    assert_eq!(
        error.to_string(),
        "line 3: RuntimeError: more than 5 calls of functions"
    );
    assert_eq!(added.load(Ordering::Relaxed), 5);
    let outcome = session
        .run("add(1, 1)", Map::new(), &host)
        .await
        .expect("it starts");
    assert_eq!(
        outcome.ending,
        Ending::Value(json!(2)),
        "each run has its own count"
    );
}

#[tokio::test]
async fn a_dropped_run_ends_its_worker() {
    let host = functions(Arc::default());
    let mut session = interpreter().session();
    session
        .run("n = 1", Map::new(), &())
        .await
        .expect("it starts");
    tokio::select! {
        biased;
        outcome = session.run("never()", Map::new(), &host) => panic!("{outcome:?}"),
        () = async { for _ in 0..100 { tokio::task::yield_now().await } } => {}
    }
    let outcome = session.run("n", Map::new(), &()).await.expect("it starts");
    assert!(
        matches!(outcome.ending, Ending::Raised(_)),
        "a new worker: {outcome:?}"
    );
}

#[tokio::test]
async fn what_is_no_worker_is_said_to_be_none() {
    assert!(
        matches!(Interpreter::new(), Err(InterpreterError::NotServing)),
        "tests have no `main`"
    );
    let mut session = Interpreter::with_worker("no-such-program").session();
    let error = session
        .run("1", Map::new(), &())
        .await
        .expect_err("it is not there");
    let words = "the worker `no-such-program` cannot be started: No such file or directory";
    assert!(error.to_string().starts_with(words), "{error}");
    let mut session = Interpreter::with_worker("true").session();
    let error = session
        .run("1", Map::new(), &())
        .await
        .expect_err("it is not a worker");
    assert!(
        error
            .to_string()
            .contains("is not a worker of this version (it ended)"),
        "{error}"
    );
}

/// The output of a program that calls `serve`, or that makes an interpreter without it.
async fn program(argument: &str, variable: Option<&str>) -> String {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_interpreter-worker"));
    if let Some(value) = variable {
        command.env("DASHOPTIMIZE_INTERPRETER", value);
    }
    let output = command.arg(argument).stdin(Stdio::null()).output().await;
    let output = output.expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[tokio::test]
async fn a_program_that_serves_is_its_own_worker() {
    let said = "what is printed before is no news\n";
    assert_eq!(
        program("print('hi')\n6 * 7", None).await,
        format!("{said}hi\n42\n")
    );
    assert_eq!(
        program("1 / 0", Some("0.1.0")).await,
        said,
        "a worker without orders just ends"
    );
    assert!(
        program("--early", None)
            .await
            .starts_with("this program cannot run Python; call")
    );
    let in_worker = program("--early", Some("0.1.0")).await;
    assert!(
        in_worker.starts_with("this process is itself a worker; call"),
        "no second run of it"
    );
}

#[tokio::test]
async fn the_same_code_gives_the_same_outcome() {
    let code = "s = {'b', 'a', 3, (1, 2), None}\nprint(s, hash('x'), hash((1, 'y')))\nd = {c: id(c) for c in 'xyz'}\nlist(s), d";
    let first = run(code).await;
    assert!(matches!(first.ending, Ending::Value(_)), "{first:?}");
    for _ in 0..3 {
        assert_eq!(run(code).await, first);
    }
}

/// What the dialect promises works, and what it calls missing is missing. Otherwise the prompt would be
/// wrong.
#[tokio::test]
async fn the_dialect_is_what_the_prompt_says() {
    for module in ["math", "re", "json", "datetime", "unicodedata", "typing"] {
        assert!(DIALECT.contains(&format!("`{module}`")), "{module}");
        assert_eq!(value(&format!("import {module}")).await, Value::Null);
    }
    for (module, names) in [
        ("collections", "Counter, defaultdict, deque, namedtuple"),
        (
            "itertools",
            "accumulate, batched, chain, count, cycle, islice, pairwise, repeat, zip_longest",
        ),
        ("functools", "partial, reduce"),
        ("dataclasses", "dataclass"),
    ] {
        for name in names.split(", ") {
            assert!(DIALECT.contains(&format!("`{name}`")), "{name}");
        }
        assert_eq!(
            value(&format!("from {module} import {names}")).await,
            Value::Null
        );
    }
    for code in [
        "def f():\n    yield 1",
        "match 1:\n    case 1: pass",
        "x = [1]\ndel x[0]",
        "class A: pass\nclass B(A): pass",
        "class E(Exception): pass",
        "class A:\n    def __add__(self, other): return 1\nA() + 1",
        "class A:\n    def __lt__(self, other): return True\nA() < A()",
        "class A:\n    def __len__(self): return 1\nlen(A())",
        "class A:\n    @property\n    def p(self): return 1",
        "class A:\n    @staticmethod\n    def p(): return 1",
        "input()",
        "eval('1')",
        "'%d' % 1",
        "True + True",
        "sum(x > 1 for x in [1, 2])",
        "x = [1, 2]\nx[0:1] = [3]",
        "import random",
        "import numpy",
    ] {
        assert!(
            matches!(run(code).await.ending, Ending::Raised(_)),
            "not missing any more: {code}"
        );
    }
}

#[test]
fn code_is_found_in_replies() {
    let table = [
        ("x = 1\nprint(x)", "x = 1\nprint(x)"),
        ("```python\nx = 1\n```", "x = 1"),
        ("```Python3\nx = 1\n```\n", "x = 1"),
        ("```{.python}\nx = 1\n```", "x = 1"),
        (
            "Sure!\n\n```py\nx = 1\n```\nThis prints:\n```\n1\n```",
            "x = 1",
        ),
        ("```\nx = 1\n```\n```\ny = 2\n```", "x = 1"),
        ("```json\n{}\n```\n```\nx = 1\n```", "x = 1"),
        ("```text\nx = 1\n```", "x = 1"),
        (
            "First:\n```python\nx = 1\n```\nthen\n```python\nprint(x)\n```",
            "x = 1\nprint(x)",
        ),
        ("```python\nx = 1\nno end", "x = 1\nno end"),
        ("```python x = 1```", "x = 1"),
        ("```print(1 + 1)```", "print(1 + 1)"),
        ("```python\nprint(1)```", "print(1)"),
        (
            "1. Do\n   ```python\n   if x:\n       y\n   ```",
            "if x:\n    y",
        ),
        ("~~~python\nx = 1\n~~~", "x = 1"),
        ("````python\nx = '```'\n````", "x = '```'"),
        ("python\nx = 1", "x = 1"),
        ("`1 + 1`", "1 + 1"),
        (
            "```python\n>>> x = 1\n>>> if x:\n...     print(x)\n1\n```",
            "x = 1\nif x:\n    print(x)",
        ),
        ("```python\r\nx = 1\r\ny = 2\r\n```", "x = 1\ny = 2"),
        ("```python\n\n```", ""),
        ("", ""),
    ];
    for (reply, code) in table {
        assert_eq!(code_in_reply(reply), code, "{reply:?}");
    }
}

#[test]
fn the_last_assignment_is_the_result() {
    let table = [
        ("x = 1", "x = 1\nx"),
        ("y=2 \n\n", "y=2\ny"),
        ("x == 1", "x == 1"),
        ("x += 1", "x += 1"),
        ("x.y = 1", "x.y = 1"),
        ("if x:\n    y = 1", "if x:\n    y = 1"),
        ("f(a=1)", "f(a=1)"),
        ("", ""),
    ];
    for (code, expected) in table {
        assert_eq!(with_result(code), expected, "{code:?}");
    }
}

proptest! {
    #[test]
    fn any_reply_has_some_code(reply in "(```|~~~|python|py|json|\n|\r\n| |>>>|x = 1|`|é|\\PC){0,20}") {
        let code = code_in_reply(&reply);
        let _ = with_result(&code);
        prop_assert!(code.len() <= reply.len(), "nothing is made up: {code:?}");
    }

    /// Plain code is not changed, neither the first time nor the second.
    #[test]
    fn fenced_code_is_found_as_it_was(lines in prop::collection::vec("[a-z][a-z =+()\"']{0,12}", 1..6), before in "[A-Za-z ,.]{0,20}") {
        let code = lines.join("\n");
        let code = code.trim_end();
        let found = code_in_reply(&format!("{before}\n```python\n{code}\n```\nDone."));
        prop_assert_eq!(&found, code);
    }
}
