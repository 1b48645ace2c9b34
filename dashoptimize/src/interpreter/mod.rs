//! A sandboxed Python interpreter for code that a model writes (feature `interpreter`).
//!
//! The interpreter is [`monty`](https://docs.rs/monty), a subset of Python in pure Rust: nothing has
//! to be installed. Code has no files, processes, network, environment or clock; all it can reach
//! are the functions of its [`Host`]. [`DIALECT`] says what of Python is missing.
//!
//! # A worker process
//!
//! Code runs in a child process of the program, because limits must hold for any code: a single
//! operation that takes forever, or an allocation in the middle of one, can only be ended by
//! ending the process. So a program that uses an [`Interpreter`] calls [`serve`] first in `main`;
//! the child is the same program, and does not come back from there. The child starts with an
//! empty environment and ends with its [`Session`].
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
//! | JSON | Python | and back |
//! |---|---|---|
//! | `null`, `true`, text | `None`, `bool`, `str` | the same |
//! | integer of 64 bits, with or without sign | `int` | the same |
//! | other number | `float` | the same, to the last digit |
//! | array | `list` | the same |
//! | object | `dict` | the same, in the same order |
//! | | larger `int` | its digits, as a text |
//! | | `nan`, `inf`, `-inf` | the texts `NaN`, `Infinity`, `-Infinity` |
//! | | `tuple`, `set`, `frozenset`, `range` | array |
//! | | named tuple | object |
//! | | keys of a `dict` that are no texts | as `json.dumps` writes them, else their `repr` |
//! | | `date`, `datetime`, `time` | text, ISO 8601 |
//! | | anything else (`bytes`, functions, instances, …) | its `repr`, as a text |
//!
//! # Determinism
//!
//! The same code, inputs and replies of the host give the same outcome: hashes are not seeded, there
//! is no `random`, no clock, and steps are counted, not timed. Only code that meets the limit of
//! time or memory may have got to print more or less before.

mod dialect;
mod error;
mod host;
mod limits;
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
pub use outcome::{CodeError, Ending, Outcome};
pub use reply::{code_of_reply, with_result};
pub use session::{Interpreter, Session};
pub use worker::serve;
