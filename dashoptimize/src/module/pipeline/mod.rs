//! How the steps of a `pipeline!` run. Expansions reach it through `__private`; it is not part of the API.

mod code;
mod flow;
mod slot;

pub use code::{CodeError, FutureKind, IsFuture, IsValue, ValueKind, code};
pub use flow::{CONCURRENCY, Given, List, StepFuture, give_way, items, map, read, run};
pub(crate) use slot::{Boxed, Cell};
pub use slot::{Shared, Slot, StepValue, shared};
