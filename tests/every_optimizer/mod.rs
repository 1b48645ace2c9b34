//! What every optimizer must bear, on every kind of program. An optimizer is tested with one line in `list.rs`.
//!
//! Of failures, each call of a run meets one kind in the tests that always run; all kinds at each call take minutes:
//! `cargo test -p tests --test integration -- every_failure --include-ignored`.

mod answers;
mod budgets;
mod failures;
mod list;
mod model;
mod programs;
mod properties;
mod resumed;
mod trial;
