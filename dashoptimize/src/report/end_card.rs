//! The card at the end of a run.

use std::fmt;

/// Columns of a card.
const WIDTH: usize = 96;

/// Columns of the names on the left.
const NAMES: usize = 10;

/// What a person should know at the end of a run: is it better, what did it cost, what changed, what
/// now. A part that is empty is left out.
///
/// ```
/// use dashoptimize::report::EndCard;
///
/// let card = EndCard {
///     verdict: "Better".to_owned(),
///     holdout: "70.1 % → 76.8 % on 240 rows (+6.7 points, 95 % +2.1 to +11.3, p = 0.004)".to_owned(),
///     spend: "612 calls, 1.9M tokens, $1.84".to_owned(),
///     changed: "1 of 2 predictors: +4 demos of `answer`; +792 bytes of constant prompt".to_owned(),
///     next: vec!["tuned.save(\"prompts/triage.json\") keeps it".to_owned()],
/// };
/// assert!(card.to_string().starts_with("VERDICT   Better\nHOLD-OUT  70.1 %"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndCard {
    /// The verdict in words.
    pub verdict: String,
    /// Before and after on the hold-out.
    pub holdout: String,
    /// What the run cost.
    pub spend: String,
    /// What changed, as [`Diff::summary`](crate::artifact::Diff::summary) says it.
    pub changed: String,
    /// What to do now, one sentence each.
    pub next: Vec<String>,
}

impl fmt::Display for EndCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let next = self.next.join("\n");
        let parts = [
            ("VERDICT", &self.verdict),
            ("HOLD-OUT", &self.holdout),
            ("SPEND", &self.spend),
            ("CHANGED", &self.changed),
            ("NEXT", &next),
        ];
        let mut is_first = true;
        for (name, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
            let mut name = name;
            for line in text.lines().flat_map(wrapped) {
                f.write_str(if is_first { "" } else { "\n" })?;
                write!(f, "{name:NAMES$}{line}")?;
                (name, is_first) = ("", false);
            }
        }
        Ok(())
    }
}

/// The line in pieces that fit beside the names, broken at spaces.
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
