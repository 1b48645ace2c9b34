//! What it took to read a reply.

/// What the reader set right, and which `check`s the values break. Empty for a reply that is
/// written as asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// What was set right, in the order of the fields.
    pub repairs: Vec<Repair>,
    /// Broken `check`s: field and words.
    pub broken_checks: Vec<(String, String)>,
}

impl Receipt {
    /// Adds a repair, unless it is the last one again.
    pub(super) fn repaired(&mut self, field: &str, done: impl Into<String>) {
        let repair = Repair {
            field: field.to_owned(),
            done: done.into(),
        };
        if self.repairs.last() != Some(&repair) {
            self.repairs.push(repair);
        }
    }
}

/// One thing that was set right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The field. Empty where it concerns the reply as a whole.
    pub field: String,
    /// What was done, such as `took the number out of "about 0.8"`.
    pub done: String,
}

/// A reply that cannot be read as the signature's outputs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reply cannot be read: {}; the model wrote: {}", join(.problems), brief(.reply))]
pub struct ParseError {
    /// What is wrong, for every output that could not be read.
    pub problems: Vec<ParseProblem>,
    /// The reply, as the model wrote it.
    pub reply: String,
}

/// What is wrong with one output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseProblem {
    /// The field.
    pub field: String,
    /// What is wrong, in words that end the sentence "`field` …", such as `is missing`.
    pub problem: String,
}

pub(super) fn join(problems: &[ParseProblem]) -> String {
    let words: Vec<String> = problems
        .iter()
        .map(|problem| format!("`{}` {}", problem.field, problem.problem))
        .collect();
    words.join("; ")
}

/// The reply on one line, cut to what a message can carry.
fn brief(reply: &str) -> String {
    const LONGEST: usize = 200;
    let line = reply.escape_debug().to_string();
    match line.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("\"{}…\"", &line[..cut]),
        None => format!("\"{line}\""),
    }
}
