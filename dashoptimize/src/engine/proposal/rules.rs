//! What a proposed text must keep to.

use serde::Serialize;

/// What a proposer may be shown, and what a proposed text must keep to. A run has one set of rules for all of
/// its optimizers; see [`Run::proposals`](crate::engine::Run::proposals).
///
/// Tokens are counted as 4 bytes of text each, rounded up, because the tokenizer of a model is not known.
///
/// ```
/// use dashoptimize::engine::{ProposalRules, Run};
///
/// let rules = ProposalRules::DEFAULT.prompt_tokens(6_000).copied_chars(80);
/// let run = Run::in_memory().proposals(rules);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ProposalRules {
    pub(in crate::engine) prompt_tokens: usize,
    pub(in crate::engine) artifact_tokens: usize,
    pub(super) copied_chars: usize,
}

impl ProposalRules {
    /// 16,000 tokens for what a proposer is shown, 10,000 tokens for the texts of a program, and 160 characters
    /// of a training row.
    pub const DEFAULT: Self = Self {
        prompt_tokens: 16_000,
        artifact_tokens: 10_000,
        copied_chars: 160,
    };

    /// Sets how many tokens of material a proposer is shown in one call: rows, traces, earlier proposals.
    /// Default 16,000. What does not fit is left out as [`Room::fit`](super::Room::fit) says. If the model
    /// still takes the prompt for too long, it is asked again with half of the room.
    #[must_use]
    pub const fn prompt_tokens(mut self, tokens: usize) -> Self {
        self.prompt_tokens = tokens;
        self
    }

    /// Sets how many tokens the instructions, descriptions and prefixes of a program may have together, demos
    /// not counted. Default 10,000. A proposal that makes them longer is rejected, unless it makes a program
    /// shorter that is longer already.
    #[must_use]
    pub const fn artifact_tokens(mut self, tokens: usize) -> Self {
        self.artifact_tokens = tokens;
        self
    }

    /// Sets how many characters in a row a proposed text may have in common with the text of one training row,
    /// if they are not in the program's prompt already. Default 160. White space counts as one character.
    #[must_use]
    pub const fn copied_chars(mut self, chars: usize) -> Self {
        self.copied_chars = chars;
        self
    }
}

impl Default for ProposalRules {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How many tokens a text counts as.
pub(super) const fn tokens(text: &str) -> usize {
    text.len().div_ceil(4)
}
