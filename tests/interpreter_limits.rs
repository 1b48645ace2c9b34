//! What code cannot do: exceed its limits, and reach anything outside the sandbox.

use std::sync::Mutex;

use dashoptimize::interpreter::{Ending, Limit, Limits, Session};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::support::python::{interpreter, run, small};

async fn run_within(limits: Limits, code: &str) -> (String, Ending) {
    let mut session = interpreter().limits(limits).session();
    let outcome = session
        .run(code, Map::new(), &())
        .await
        .expect("the worker starts");
    (outcome.output, outcome.ending)
}

#[tokio::test]
async fn endless_loops_end_after_the_same_step() {
    for code in [
        "while True: pass",
        "while True:\n    try:\n        while True: 1 / 0\n    except BaseException:\n        pass",
        "def f():\n    while True: pass\ntry:\n    f()\nfinally:\n    f()",
    ] {
        let (_, ending) = run_within(small(), code).await;
        assert_eq!(ending, Ending::Limit(Limit::Steps), "{code}");
    }
    let count = "n = 0\nwhile True:\n    n += 1\n    if n % 1000 == 0: print(n)";
    let (first, ending) = run_within(small().steps(200_000), count).await;
    assert_eq!(ending, Ending::Limit(Limit::Steps));
    assert!(
        first.starts_with("1000\n2000\n"),
        "what was printed is kept: {first}"
    );
    let (second, _) = run_within(small().steps(200_000), count).await;
    assert_eq!(first, second);
    let (more, _) = run_within(small().steps(400_000), count).await;
    assert!(
        more.lines().count() >= 2 * first.lines().count() - 1,
        "twice as many steps"
    );
}

#[tokio::test]
async fn code_within_the_steps_is_not_stopped() {
    let code = "n = 0\nfor i in range(10000): n += i\nn";
    assert_eq!(
        run(code).await.ending,
        Ending::Value(json!(49_995_000)),
        "about 10^5 steps"
    );
}

/// Single operations of the interpreter, during which it does not count instructions.
#[tokio::test]
async fn an_operation_without_end_ends_by_its_time() {
    for code in [
        "print('begun')\nsum(range(10**13))",
        "print('begun')\nmax(range(10**13))",
        "print('begun')\npow(3, 10**30000, 10**30000 + 1)",
        "print('begun')\nx = 7**100000\nwhile True: x = x * x % (7**90001 + 2)",
    ] {
        let limits = small()
            .time(std::time::Duration::from_millis(300))
            .steps(u64::MAX);
        let (output, ending) = run_within(limits, code).await;
        assert_eq!(ending, Ending::Limit(Limit::Time), "{code}");
        assert_eq!(output, "begun\n", "{code}");
    }
}

#[tokio::test]
async fn memory_is_limited_in_all_ways_to_use_it() {
    for code in [
        "[0] * 10**10",
        "'a' * 10**10",
        "bytes(10**10)",
        "10 ** 10**9",
        "1 << 10**10",
        "f'{1:999999999}'",
        "'a'.zfill(10**10)",
        "('a' * 99999).replace('a', 'b' * 99999)",
        "x = 'a'\nwhile True: x += x",
        "x = [1]\nwhile True: x += x",
        "x = []\nwhile True: x.append('x' * 99999)",
        "list(range(10**12))",
        "sorted(range(10**12))",
        "{*range(10**12)}",
        // The interpreter's own count does not see these.
        "','.join(['a' * 99999] * 100000)",
        "x = 'a,' * 40000\n[x.split(',') for _ in range(1000)]",
        "x = [1]\nfor _ in range(40): x = [x, x]\nx",
    ] {
        let (_, ending) = run_within(small().steps(u64::MAX), code).await;
        assert_eq!(ending, Ending::Limit(Limit::Memory), "{code}");
    }
}

#[tokio::test]
async fn printing_without_end_is_cut_at_the_limit() {
    let limits = small().output(1000);
    let (output, ending) = run_within(limits, "while True: print('éa')").await;
    assert_eq!(ending, Ending::Limit(Limit::Output));
    assert_eq!(output, "éa\n".repeat(250), "4 bytes each");
    let (output, ending) = run_within(limits, "print('é' * 600)").await;
    assert_eq!(
        (output, ending),
        ("é".repeat(500), Ending::Limit(Limit::Output))
    );
    let (output, ending) = run_within(limits, "print('a' * 999)").await;
    assert_eq!(
        (output.len(), ending),
        (1000, Ending::Value(Value::Null)),
        "just as much"
    );
    let (_, ending) = run_within(limits, "'a' * 1000").await;
    assert_eq!(ending, Ending::Limit(Limit::Output), "1002 bytes as JSON");
}

/// Every kind of nested call, at the largest depth that can be set. A debug build uses the most stack.
#[tokio::test]
async fn deep_recursion_is_an_exception() {
    for code in [
        "def f(n): return f(n + 1)\nf(0)",
        "def f(): return sorted([1, 2], key=lambda _: f())\nf()",
        "def f(x): return list(map(f, [x]))\nf(1)",
        "def f(): return [f() for _ in range(1)]\nf()",
        "from functools import reduce\ndef f(x): return reduce(lambda a, b: f(a), [1, 2])\nf(1)",
        "from collections import defaultdict\ndef f(): return defaultdict(f)['a']\nf()",
        "class A:\n    def __init__(self): self.x = A()\nA()",
        "class A:\n    def __repr__(self): return str([self])\nprint(A())",
        "class A:\n    def __eq__(self, o): return [self] == [o]\nA() == A()",
        "class A:\n    def __hash__(self): return hash((self,))\nhash(A())",
        "class A:\n    def __iter__(self): return iter(list(self))\nlist(A())",
        "class A:\n    def __enter__(self):\n        with A(): pass\n    def __exit__(self, *a): pass\nwith A(): pass",
        "g = lambda: 1\ndef f(g): return lambda: g()\nfor _ in range(5000): g = f(g)\ng()",
        "x, y = [], []\nfor _ in range(50000): x, y = [x], [y]\nx == y",
        "x = ()\nfor _ in range(50000): x = (x,)\nhash(x)",
        "import json\nx = []\nfor _ in range(50000): x = [x]\njson.dumps(x)",
    ] {
        let (_, ending) = run_within(small().recursion(usize::MAX), code).await;
        let Ending::Raised(error) = ending else {
            panic!("{code}: {ending:?}")
        };
        assert_eq!(error.kind, "RecursionError", "{code}");
    }
    let caught =
        "def f(n): return f(n + 1)\ntry:\n    f(0)\nexcept RecursionError:\n    x = 'caught'\nx";
    assert_eq!(run(caught).await.ending, Ending::Value(json!("caught")));
    let depth = "def f(n):\n    global deepest\n    deepest = n\n    f(n + 1)\ntry:\n    f(1)\nexcept RecursionError:\n    pass\ndeepest";
    let (_, ending) = run_within(small().recursion(50), depth).await;
    assert_eq!(ending, Ending::Value(json!(50)));
}

#[tokio::test]
async fn source_nested_too_deep_is_a_syntax_error() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("-", ""),
        ("not ", ""),
        ("lambda:", ""),
        ("await ", ""),
        ("1 if 1 else ", ""),
        ("2**", ""),
        ("a", "()"),
        ("a", ".b"),
        ("a", "[0]"),
        ("f'{", ""),
        ("1+", ""),
    ] {
        let code = format!("x = {}1{}", open.repeat(20_000), close.repeat(20_000));
        let (_, ending) = run_within(small(), &code).await;
        let Ending::Raised(error) = ending else {
            panic!("{open}: {ending:?}")
        };
        assert!(
            ["SyntaxError", "NameError"].contains(&error.kind.as_str()),
            "{open}: {error}"
        );
    }
    let code = (0..1000)
        .map(|depth| format!("{}if 1:\n", " ".repeat(depth)))
        .collect::<String>();
    let (_, ending) = run_within(small(), &code).await;
    assert!(
        matches!(&ending, Ending::Raised(error) if error.kind == "SyntaxError"),
        "{ending:?}"
    );
}

#[tokio::test]
async fn catastrophic_patterns_end() {
    let (output, ending) = run_within(
        small(),
        "import re\nprint(re.match(r'(a+)+$', 'a' * 40 + 'b'))",
    )
    .await;
    assert_eq!(
        (output.as_str(), ending),
        ("None\n", Ending::Value(Value::Null)),
        "no backtracking"
    );
    let (_, ending) = run_within(
        small(),
        "import re\nre.match(r'(a|a)*(?=c)\\1$', 'a' * 400 + 'b')",
    )
    .await;
    let Ending::Raised(error) = ending else {
        panic!("{ending:?}")
    };
    assert_eq!(error.kind, "re.PatternError");
}

/// Every attempt to leave the sandbox raises the expected exception.
#[tokio::test]
async fn nothing_outside_can_be_reached() {
    for (code, kind) in [
        ("open('/etc/passwd').read()", "PermissionError"),
        ("with open('x', 'w') as f: f.write('x')", "PermissionError"),
        (
            "from pathlib import Path\nPath('/etc/passwd').read_text()",
            "PermissionError",
        ),
        (
            "from pathlib import Path\nPath('x').write_text('x')",
            "PermissionError",
        ),
        (
            "from pathlib import Path\nlist(Path('/').iterdir())",
            "PermissionError",
        ),
        (
            "from pathlib import Path\nPath('/').exists()",
            "PermissionError",
        ),
        ("import os\nos.environ['HOME']", "PermissionError"),
        ("import os\nos.getenv('PATH')", "PermissionError"),
        ("import os\nos.listdir('/')", "PermissionError"),
        ("import os\nos.system('id')", "AttributeError"),
        ("import os\nos.remove('x')", "PermissionError"),
        ("import subprocess", "ModuleNotFoundError"),
        ("import socket", "ModuleNotFoundError"),
        ("import urllib.request", "ModuleNotFoundError"),
        ("import ctypes", "ModuleNotFoundError"),
        ("import importlib", "ModuleNotFoundError"),
        ("import threading", "ModuleNotFoundError"),
        ("import time", "ModuleNotFoundError"),
        (
            "from datetime import datetime\ndatetime.now()",
            "PermissionError",
        ),
        ("from datetime import date\ndate.today()", "PermissionError"),
        ("import sys\nsys.modules", "AttributeError"),
        ("import sys\nsys.stdin.read()", "AttributeError"),
        ("__import__('os').system('id')", "NameError"),
        ("eval('1')", "NameError"),
        ("exec('x = 1')", "NameError"),
        ("compile('1', '', 'eval')", "NameError"),
        ("globals()", "NameError"),
        ("input()", "NameError"),
        ("exit()", "NameError"),
        ("breakpoint()", "NameError"),
        ("__builtins__", "NameError"),
        (
            "().__class__.__bases__[0].__subclasses__()",
            "AttributeError",
        ),
        ("print.__self__", "AttributeError"),
        ("(lambda: 1).__globals__", "AttributeError"),
        ("(lambda: 1).__code__", "AttributeError"),
    ] {
        let ending = run(code).await.ending;
        let Ending::Raised(error) = ending else {
            panic!("{code}: {ending:?}")
        };
        assert_eq!(error.kind, kind, "{code}: {error}");
    }
}

/// Pieces of programs, combined at random.
fn python_like() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "x",
        "y",
        "f",
        "1",
        "-7",
        "2.5",
        "10**40",
        "'a'",
        "b'\\xff'",
        "None",
        "True",
        "[]",
        "{}",
        "()",
        "...",
        " + ",
        " - ",
        " * ",
        " ** ",
        " // ",
        " % ",
        " << ",
        " == ",
        " < ",
        " in ",
        " and ",
        " if x else ",
        " = ",
        " += ",
        " := ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ", ",
        ".",
        "\n",
        "\n    ",
        "\n        ",
        "\\\n",
        ";",
        "#",
        "def f(x): ",
        "class A: ",
        "lambda: ",
        "return ",
        "if ",
        "elif ",
        "else: ",
        "for x in ",
        "while ",
        "try: ",
        "except: ",
        "finally: ",
        "with ",
        "import math\n",
        "from re import *\n",
        "raise ",
        "assert ",
        "global x\n",
        "nonlocal y\n",
        "async ",
        "await ",
        "yield ",
        "del ",
        "pass\n",
        "break\n",
        "continue\n",
        "print(",
        "len(",
        "range(",
        "sorted(",
        "sum(",
        "str(",
        "int(",
        "list(map(",
        "f'{x",
        "!r:>",
        "}'",
        "\"\"\"",
        "*",
        "**",
        "->",
        "@f\n",
        "match x:\n case ",
        "_",
        "\u{0}",
        "é",
        "🦀",
        "1_0",
        "0x",
        "1e999",
        "1j",
        "\t",
        "SUBMIT(",
    ]);
    prop::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

/// One worker for all cases, so that not every case starts a process.
fn never_crashes(
    session: &Mutex<Session>,
    runtime: &Runtime,
    code: &str,
) -> Result<(), TestCaseError> {
    let mut session = session.lock().expect("no case panics");
    let outcome = runtime
        .block_on(session.run(code, Map::new(), &()))
        .expect("the worker starts");
    prop_assert!(
        !matches!(outcome.ending, Ending::Crashed(_)),
        "{code:?}: {:?}",
        outcome.ending
    );
    Ok(())
}

#[test]
fn no_text_crashes_the_interpreter() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let session = Mutex::new(interpreter().limits(small().steps(100_000)).session());
    let config = ProptestConfig {
        cases: 1000,
        ..ProptestConfig::default()
    };
    proptest!(config, |(code in prop_oneof![3 => python_like().boxed(), 1 => any::<String>().boxed()])| {
        never_crashes(&session, &runtime, &code)?;
    });
}
