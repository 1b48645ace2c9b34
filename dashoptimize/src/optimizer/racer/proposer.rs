//! The question to the model that proposes instructions.

use dashoptimize_macros::signature;

/// A step of a program calls a language model with the instruction below. On the runs that are shown, the
/// answer was wrong or could be better.
///
/// Find out what these runs have in common, and change the instruction so that the step does better on inputs
/// like them. Keep what the instruction says unless it is wrong: add, change or remove a sentence or two. State
/// rules, and do not repeat single examples. Be brief. Do not change the names of fields, their types or
/// allowed values. If texts are listed that were tried and did not help, try something else.
#[signature]
#[derive(Clone, Debug)]
pub struct MendInstruction {
    /// the step: its name and its fields
    #[input]
    pub step: String,
    /// the instruction as it is now
    #[input]
    pub instruction: String,
    /// runs that could be better: inputs, answer, what is right, and what was said about it
    #[input]
    pub failures: String,
    /// instructions that were tried and did not help
    #[input]
    pub tried: String,
    /// the whole new instruction and nothing else
    #[output]
    pub better: String,
}
