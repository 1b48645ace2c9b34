//! Ties names to what they stand for, and finds the mistakes in the wiring.

mod block;
mod cycles;
mod resolver;
mod scope;
mod step_names;
mod work;

pub(crate) use self::block::resolve;
