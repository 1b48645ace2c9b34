//! The question to the model that reflects.

use dashoptimize_macros::signature;

/// A step of a program calls a language model. Its runs below were made with one of the texts of its prompt,
/// and judged. Rewrite this text so that the step does better on these inputs and on others like them.
///
/// Work out from the inputs what the task is and what form an answer must have. Find what went wrong where a
/// score is low, and keep what works where it is high. Facts about the task that the feedback reveals belong
/// into the text, because the step will not see the feedback: name them as rules, and do not repeat single
/// examples. Do not change the names of fields, their types, scales or allowed values. If rejected texts are
/// listed, do not write one of them again; try something else.
#[signature]
#[derive(Clone, Debug)]
pub struct ReviseText {
    /// the step: its name, its fields and its instructions
    #[input]
    pub step: String,
    /// which text of the step is to be rewritten
    #[input]
    pub component: String,
    /// that text as it is now
    #[input]
    pub text: String,
    /// runs of the step, the worst first: inputs, outputs, score and feedback
    #[input]
    pub runs: String,
    /// texts that were tried in its place and rejected, each with the reason
    #[input]
    pub rejected: String,
    /// the whole new text and nothing else
    #[output]
    pub revised: String,
}
