//! The card at the end of a run.

use std::fmt;

/// The width of a card, in columns.
const WIDTH: usize = 96;

/// The width of the names on the left, in columns.
const NAMES: usize = 10;

/// What a person should know at the end of a run: whether the result is better, what the run cost, what
/// changed, and what to do next. Empty parts are left out.
///
/// ```
/// use dashoptimize::report::EndCard;
///
/// let card = EndCard::new("Better")
///     .holdout("70.1 % → 76.8 % on 240 rows (+6.7 points, 95 % +2.1 to +11.3, p = 0.004)")
///     .spend("612 calls, 1.9M tokens, $1.84")
///     .changed("1 of 2 predictors: +4 demos of `answer`; +792 bytes of constant prompt")
///     .next(["tuned.save(\"prompts/triage.json\") keeps it"]);
/// assert!(card.to_string().starts_with("VERDICT   Better\nHOLD-OUT  70.1 %"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndCard {
    /// The verdict in words.
    pub verdict: String,
    /// Both programs on the hold-out.
    pub holdout: String,
    /// What the run cost.
    pub spend: String,
    /// What changed, in the words of [`Diff::summary`](crate::artifact::Diff::summary).
    pub changed: String,
    /// What is remarkable, such as why nothing was learned, one sentence each.
    pub notes: Vec<String>,
    /// What to do next, one sentence each.
    pub next: Vec<String>,
}

impl EndCard {
    /// A card that shows only this verdict.
    pub fn new(verdict: impl Into<String>) -> Self {
        Self {
            verdict: verdict.into(),
            ..Self::default()
        }
    }

    /// Adds what both programs reached on the hold-out.
    #[must_use]
    pub fn holdout(mut self, holdout: impl Into<String>) -> Self {
        self.holdout = holdout.into();
        self
    }

    /// Adds what the run cost.
    #[must_use]
    pub fn spend(mut self, spend: impl Into<String>) -> Self {
        self.spend = spend.into();
        self
    }

    /// Adds what changed.
    #[must_use]
    pub fn changed(mut self, changed: impl Into<String>) -> Self {
        self.changed = changed.into();
        self
    }

    /// Adds what is remarkable, one sentence each.
    #[must_use]
    pub fn notes<S: Into<String>>(mut self, sentences: impl IntoIterator<Item = S>) -> Self {
        self.notes.extend(sentences.into_iter().map(Into::into));
        self
    }

    /// Adds what to do next, one sentence each.
    #[must_use]
    pub fn next<S: Into<String>>(mut self, sentences: impl IntoIterator<Item = S>) -> Self {
        self.next.extend(sentences.into_iter().map(Into::into));
        self
    }
}

impl fmt::Display for EndCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("VERDICT", self.verdict.clone()),
            ("HOLD-OUT", self.holdout.clone()),
            ("SPEND", self.spend.clone()),
            ("CHANGED", self.changed.clone()),
            ("NOTE", self.notes.join("\n")),
            ("NEXT", self.next.join("\n")),
        ];
        write_parts(f, &parts)
    }
}

/// Writes named texts under each other. Empty ones are left out.
pub(super) fn write_parts(f: &mut fmt::Formatter<'_>, parts: &[(&str, String)]) -> fmt::Result {
    let mut is_first = true;
    for (name, text) in parts.iter().filter(|(_, text)| !text.is_empty()) {
        let mut name = *name;
        for line in text.lines().flat_map(wrapped) {
            f.write_str(if is_first { "" } else { "\n" })?;
            write!(f, "{name:NAMES$}{line}")?;
            (name, is_first) = ("", false);
        }
    }
    Ok(())
}

/// The line broken at spaces into pieces that fit next to the names.
fn wrapped(line: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        match pieces.last_mut() {
            Some(piece) if width(piece) + 1 + width(word) <= WIDTH - NAMES => {
                piece.push(' ');
                piece.push_str(word);
            }
            _ => pieces.push(word.to_owned()),
        }
    }
    pieces
}

fn width(text: &str) -> usize {
    text.chars().count()
}
