//! What changed of a whole program.

use std::fmt;

use super::predictor::PredictorDiff;
use super::prompt_size::signed;
use crate::module::Module;
use crate::state::State;

/// What changed from one state of a program to another. Printed, it is readable in a terminal without
/// colours.
///
/// ```
/// use dashoptimize::artifact::Diff;
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::module::{LLMNode, ModuleExt};
/// use dashoptimize::signature::make_signature;
/// # #[derive(Clone, serde::Serialize, serde::Deserialize)]
/// # struct Qa { question: String, answer: String }
///
/// let signature = make_signature("question -> answer", "Answer.")?;
/// let program = LLMNode::<Qa>::new(signature, Scripted::replies(["4"]), "qa");
/// let before = program.state();
/// let mut after = before.clone();
/// if let Some(qa) = after.predictors.get_mut("qa") {
///     qa.instructions = Some("Answer in one word.".to_owned());
/// }
/// let diff = Diff::between(&program, &before, &after);
/// assert!(diff.to_string().contains("+ Answer in one word."));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Diff {
    changed: Vec<PredictorDiff>,
    unchanged: Vec<String>,
}

impl Diff {
    /// What changed. A predictor that a state does not name is taken as it is in the program.
    pub fn between<M: Module>(program: &M, before: &State, after: &State) -> Self {
        let mut diff = Self {
            changed: Vec::new(),
            unchanged: Vec::new(),
        };
        for predictor in program.predictors() {
            let find = |state: &'_ State| match state.predictors.get(predictor.path()) {
                Some(state) => state.clone(),
                None => predictor.state().clone(),
            };
            let (before, after) = (find(before), find(after));
            match PredictorDiff::between(predictor, &before, &after) {
                Some(changed) => diff.changed.push(changed),
                None => diff.unchanged.push(predictor.path().to_owned()),
            }
        }
        diff
    }

    /// Whether nothing changed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// The predictors that changed, in the order of the program.
    #[must_use]
    pub fn predictors(&self) -> &[PredictorDiff] {
        &self.changed
    }

    /// The change on one line, such as ``1 of 2 predictors: instructions and 4 demos of `answer`;
    /// +792 bytes of constant prompt``.
    #[must_use]
    pub fn summary(&self) -> String {
        if self.is_empty() {
            return "nothing".to_owned();
        }
        let all = self.changed.len() + self.unchanged.len();
        let parts: Vec<String> = self.changed.iter().map(PredictorDiff::summary).collect();
        let plural = if all == 1 { "" } else { "s" };
        let grown: i64 = self.changed.iter().map(PredictorDiff::bytes_added).sum();
        format!(
            "{} of {all} predictor{plural}: {}; {} bytes of constant prompt",
            self.changed.len(),
            parts.join("; "),
            signed(grown)
        )
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, predictor) in self.changed.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{predictor}")?;
        }
        match (self.changed.is_empty(), self.unchanged.is_empty()) {
            (true, _) => f.write_str("nothing changed"),
            (false, true) => Ok(()),
            (false, false) => write!(f, "\n\nunchanged: {}", self.unchanged.join(", ")),
        }
    }
}
