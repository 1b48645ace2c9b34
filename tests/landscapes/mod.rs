//! Programs whose best prompt is known, for every optimizer.
//!
//! A [`World`] is a task that a scripted model answers: which share of the rows it has right depends in a known
//! way on phrases in the instructions, demos, the label of a field, the temperature and the form of the reply.
//! A scripted proposer writes phrases, some of which help. So it can be computed how good a prompt is, without
//! running it, and how good the best one is.
//!
//! [`landscape`] runs an optimizer with several seeds, and says which share of the way from the program as given
//! to the known optimum it went, and what it called. `controls` holds two optimizers that must not do well: one
//! that does nothing and one that writes random words.

mod calibration;
mod controls;
mod demos;
mod gepa;
mod instructions;
mod mipro_v2;
mod model;
mod program;
mod proposer;
mod racer;
mod reached;
mod simba;
mod world;
mod worlds;

pub(crate) use program::{Item, Program};
pub(crate) use proposer::proposer;
pub(crate) use reached::{Calls, landscape};
pub(crate) use world::World;
pub(crate) use worlds::*;
