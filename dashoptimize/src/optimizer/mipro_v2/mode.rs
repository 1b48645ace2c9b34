//! How much is tried, and where instructions and demos come from.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::evaluate::Example;

/// Where instructions and demos come from, and how many of them are tried.
///
/// The number of candidates `n` gives the number of [trials](super::MIPROv2::num_trials).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MIPROv2Mode {
    /// `n` = 6: 6 sets of demos and 3 instructions for each predictor, or 6 instructions if no demos are used.
    Light,
    /// `n` = 12: 12 sets of demos and 6 instructions, or 12 if no demos are used.
    Medium,
    /// `n` = 18: 18 sets of demos and 9 instructions, or 18 if no demos are used.
    Heavy,
    /// As many instructions as stated for each predictor, the given one among them, and as many sets of
    /// demos.
    Auto {
        /// How many instructions each predictor can have, its own among them. It is `n`.
        num_instruction_candidates: usize,
        /// The largest number of bootstrapped demos in a set, per predictor.
        max_bootstrapped_demos: usize,
        /// Up to how many demos labelled rows are added, per predictor.
        max_labeled_demos: usize,
    },
    /// Your own candidates, so that no model is asked for any. `n` is the greater of the number of instructions
    /// and of the number of sets of demos.
    ///
    /// Do not give rows of the validation part or of the hold-out as demos: the program would be shown what it
    /// is asked. A row of the validation part is refused; what is in the hold-out no optimizer knows.
    Manual {
        /// The instructions that each predictor can have besides its own.
        instruction_candidates: Vec<String>,
        /// The rows that sets of demos are drawn from, as fields by name; [`manual`](Self::manual) makes them
        /// of rows. If there are none, demos are left as they are.
        demo_candidates: Vec<Map<String, Value>>,
    },
}

impl MIPROv2Mode {
    /// [`Manual`](Self::Manual) with these instructions, and demos from these rows.
    ///
    /// ```
    /// use dashoptimize::optimizer::MIPROv2Mode;
    /// use dashoptimize::prelude::*;
    ///
    /// #[signature]
    /// struct Qa {
    ///     #[input]
    ///     question: String,
    ///     #[output]
    ///     answer: String,
    /// }
    ///
    /// let rows = [Qa { question: "2 + 2?".to_owned(), answer: "4".to_owned() }];
    /// let mode = MIPROv2Mode::manual(["Answer concisely.", "Reason before you answer."], &rows);
    /// ```
    pub fn manual<I, E: Example<I>>(
        instructions: impl IntoIterator<Item = impl Into<String>>,
        rows: &[E],
    ) -> Self {
        Self::Manual {
            instruction_candidates: instructions.into_iter().map(Into::into).collect(),
            demo_candidates: rows.iter().map(Example::fields).collect(),
        }
    }

    /// The bytes of the longest instruction that the user gives.
    pub(super) fn longest_instruction(&self) -> usize {
        match self {
            Self::Manual {
                instruction_candidates,
                ..
            } => instruction_candidates.iter().map(String::len).max(),
            _ => None,
        }
        .unwrap_or(0)
    }

    /// The number of candidates that the number of trials is computed of.
    pub(super) fn n(&self, uses_demos: bool) -> usize {
        match (self, self.sizes(uses_demos)) {
            (Self::Manual { .. }, (instructions, _)) if !uses_demos => instructions,
            (_, (instructions, sets)) => instructions.max(sets),
        }
    }

    /// How many instructions, the given one among them, and how many sets of demos each predictor can have at
    /// most.
    pub(super) fn sizes(&self, uses_demos: bool) -> (usize, usize) {
        let of_original = |n: usize| match uses_demos {
            true => (n / 2, n),
            false => (n, n),
        };
        match self {
            Self::Light => of_original(6),
            Self::Medium => of_original(12),
            Self::Heavy => of_original(18),
            Self::Auto {
                num_instruction_candidates: n,
                ..
            } => (*n, *n),
            Self::Manual {
                instruction_candidates,
                ..
            } => (instruction_candidates.len() + 1, 6),
        }
    }
}

/// How many trials the original makes for a program with so many predictors.
pub(super) fn default_trials(n: usize, predictors: usize, uses_demos: bool) -> usize {
    let choices = predictors * if uses_demos { 2 } else { 1 };
    let n = n as f64;
    let by_choices = 2.0 * choices as f64 * n.max(1.0).log2();
    by_choices.max(1.5 * n) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the original's numbers.
    #[test]
    fn numbers_of_trials_are_those_of_the_original() {
        let trials =
            |predictors, uses_demos| [6, 12, 18].map(|n| default_trials(n, predictors, uses_demos));
        for (predictors, zero_shot, few_shot) in [
            (1, [9, 18, 27], [10, 18, 27]),
            (2, [10, 18, 27], [20, 28, 33]),
            (3, [15, 21, 27], [31, 43, 50]),
            (5, [25, 35, 41], [51, 71, 83]),
        ] {
            assert_eq!(trials(predictors, false), zero_shot, "{predictors}");
            assert_eq!(trials(predictors, true), few_shot, "{predictors}");
        }
        assert_eq!(default_trials(0, 1, true), 0);
        assert_eq!(default_trials(1, 3, true), 1);
    }

    #[test]
    fn half_as_many_instructions_as_sets_of_demos_are_tried() {
        assert_eq!(MIPROv2Mode::Light.sizes(true), (3, 6));
        assert_eq!(MIPROv2Mode::Light.sizes(false), (6, 6));
        assert_eq!(MIPROv2Mode::Heavy.sizes(true), (9, 18));
        let auto = MIPROv2Mode::Auto {
            num_instruction_candidates: 10,
            max_bootstrapped_demos: 8,
            max_labeled_demos: 4,
        };
        assert_eq!(auto.sizes(true), (10, 10));
    }
}
