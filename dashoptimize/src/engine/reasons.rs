//! Why rollouts failed, in words.

use std::fmt;

/// How many different reasons are told.
const TOLD: usize = 3;

/// Why rollouts failed: each reason once, with how many rollouts had it.
///
/// It is displayed as, for example, `connection refused (9 times); there was no answer in time`. Of more than
/// three reasons, those that came first are displayed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasons {
    /// In the order in which they came.
    texts: Vec<(String, usize)>,
}

impl Reasons {
    /// How many rollouts failed.
    #[must_use]
    pub fn count(&self) -> usize {
        self.texts.iter().map(|(_, count)| count).sum()
    }

    /// Each reason, with how many rollouts had it, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, usize)> {
        self.texts
            .iter()
            .map(|(text, count)| (text.as_str(), *count))
    }

    pub(super) fn of(text: &str) -> Self {
        let mut reasons = Self::default();
        reasons.add(text);
        reasons
    }

    pub(super) fn add(&mut self, text: &str) {
        match self.texts.iter_mut().find(|(known, _)| known == text) {
            Some((_, count)) => *count += 1,
            None => self.texts.push((text.to_owned(), 1)),
        }
    }

    /// Takes one rollout back.
    pub(super) fn remove(&mut self, text: &str) {
        if let Some(index) = self.texts.iter().position(|(known, _)| known == text) {
            self.texts[index].1 -= 1;
            self.texts.retain(|(_, count)| *count > 0);
        }
    }
}

impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (text, count)) in self.texts.iter().take(TOLD).enumerate() {
            let and = if index == 0 { "" } else { "; " };
            write!(f, "{and}{text}")?;
            if *count > 1 {
                write!(f, " ({count} times)")?;
            }
        }
        match self.texts.len().saturating_sub(TOLD) {
            0 => Ok(()),
            1 => f.write_str("; and 1 other reason"),
            more => write!(f, "; and {more} other reasons"),
        }
    }
}
