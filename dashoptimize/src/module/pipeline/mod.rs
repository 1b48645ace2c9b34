//! How the steps of a `pipeline!` run. Expansions reach it through `__private`; they are not part of the API.

mod code;
mod flow;
mod lazy;
mod lent;
mod returned;
mod slot;

pub use code::{
    Attempt, Awaited, CodeError, FutureKind, IsCopied, IsFuture, IsResult, IsValue, Made,
    ResultKind, StepError, Tried, ValueKind, attempt, code,
};
pub use flow::{CONCURRENCY, List, StepFuture, StepInput, fall_back, items, map, read, run};
pub use lazy::{Left, LeftOf, left_of};
pub use lent::{IsLent, IsOwn, Lent, LentKind, OwnKind, Type, type_of};
pub use returned::Returned;
pub(crate) use slot::{Boxed, SlotCell};
pub use slot::{Slot, SlotValue, StepValue, slot_value};
