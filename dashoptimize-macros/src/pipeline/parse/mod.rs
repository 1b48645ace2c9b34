//! The steps of a pipeline: tokens to the graph.
//!
//! A [`block`] is cut into statements by tokens ([`pieces`]), each statement into its parts ([`statement`]),
//! of which a [`step`], an [`effect`] or a loop ([`repeat`]) is made, and the expression of a step says what
//! the step does ([`work`]). Blocks and work contain each other, so both are methods of the
//! [`Reader`](reader::Reader).

mod arm_name;
mod block;
mod calls;
mod changes;
mod changing;
mod early;
mod effect;
mod flow;
mod half_typed;
mod leave;
mod lift;
mod node;
mod options;
mod pieces;
mod plain;
mod put_away;
mod reader;
mod repeat;
mod returned;
mod returning_value;
mod statement;
mod step;
mod work;

pub(super) use self::block::steps;
