//! A sandboxed Python interpreter for code written by a model (feature `interpreter`).
//!
//! The interpreter is [`monty`](https://docs.rs/monty), an implementation of a subset of Python in pure
//! Rust, so nothing has to be installed. Code has no access to files, processes, the network, the
//! environment or a clock. It can only call the functions of its [`Host`]. [`DIALECT`] lists what is
//! missing from Python.
//!
//! # A worker process
//!
//! Code runs in a child process, because the limits must hold for any code: a single operation that takes
//! forever, or that allocates too much, can only be stopped by stopping the process. The child is the
//! same program. Therefore a program that uses an [`Interpreter`] must call [`serve`] first in `main`; in
//! the child, this call does not return. The child starts with an empty environment, and ends with its
//! [`Session`] and, on Unix, with the program, whatever it does.
//!
//! ```no_run
//! use dashoptimize::interpreter::{Ending, Interpreter, serve};
//! use serde_json::{Map, json};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     serve();
//!     let mut session = Interpreter::new()?.session();
//!     let inputs = Map::from_iter([("n".to_owned(), json!(20))]);
//!     let outcome = session.run("print('hi')\nsum(range(n))", inputs, &()).await?;
//!     assert_eq!(outcome.output, "hi\n");
//!     assert_eq!(outcome.ending, Ending::Value(json!(190)));
//!     Ok(())
//! }
//! ```
//!
//! # Values
//!
//! | JSON | Python | back in JSON |
//! |---|---|---|
//! | `null`, `true` or `false`, text | `None`, `bool`, `str` | the same |
//! | 64-bit integer, signed or unsigned | `int` | the same |
//! | other number | `float` | the same, to the last digit |
//! | array | `list` | the same |
//! | object | `dict` | the same, in the same order |
//! | | larger `int` | text with its digits |
//! | | `nan`, `inf`, `-inf` | the texts `NaN`, `Infinity`, `-Infinity` |
//! | | `tuple`, `set`, `frozenset`, `range` | array |
//! | | named tuple | object |
//! | | keys of a `dict` that are not texts | as `json.dumps` writes them, or else their `repr` |
//! | | `date`, `datetime`, `time` | text in ISO 8601 |
//! | | anything else (`bytes`, functions, instances, …) | text with its `repr` |
//!
//! Values are nested at most 100 levels deep. An input that is deeper, or that takes more than an eighth of
//! [`Limits::memory`], is an [`InterpreterError::Input`]; such a result of a function is a `ValueError` in
//! the code, and so are arguments of a function that are longer than [`Limits::output`].
//!
//! # Determinism
//!
//! The same code, inputs and results of host functions give the same outcome: hashes are not seeded, there
//! is no `random` and no clock, and steps are counted, not timed. The only exception is code that reaches
//! the limit of time or memory, which may have printed more or less by then.

mod dialect;
mod error;
mod host;
mod limits;
mod measure;
mod outcome;
mod process;
mod protocol;
mod reply;
mod session;
mod worker;

pub use dialect::DIALECT;
pub use error::InterpreterError;
pub use host::{FunctionCall, Functions, Host, HostError};
pub use limits::{Limit, Limits};
pub(crate) use measure::is_shallow;
pub use outcome::{CodeOutcome, Ending, PythonError};
pub use reply::{code_in_reply, with_result};
pub use session::{Interpreter, Session};
pub use worker::serve;
