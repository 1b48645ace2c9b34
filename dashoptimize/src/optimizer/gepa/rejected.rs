//! Edits that were tried and rejected.

use crate::engine::Component;

/// Remembers the texts that were proposed and rejected, so that the proposer is told of them.
#[derive(Clone, Debug)]
pub(super) struct RejectedEdits {
    /// How many are shown of each component.
    most: usize,
    edits: Vec<RejectedEdit>,
}

#[derive(Clone, Debug)]
struct RejectedEdit {
    component: Component,
    text: String,
    reason: String,
}

impl RejectedEdit {
    fn shown(&self) -> String {
        match self.text.is_empty() {
            true => format!("Rejected ({}); the text is not repeated here", self.reason),
            false => format!("Rejected ({}):\n{}", self.reason, self.text),
        }
    }
}

impl RejectedEdits {
    pub(super) const fn new(most: usize) -> Self {
        Self {
            most,
            edits: Vec::new(),
        }
    }

    /// Remembers a text for a component, and why it was rejected. An empty text is one that the proposer is not to
    /// be shown.
    pub(super) fn remember(&mut self, component: &Component, text: &str, reason: &str) {
        self.edits.push(RejectedEdit {
            component: component.clone(),
            text: text.to_owned(),
            reason: reason.to_owned(),
        });
    }

    /// The last texts for a component, as the proposer is shown them, the latest last.
    pub(super) fn shown(&self, component: &Component) -> Vec<String> {
        let own = self
            .edits
            .iter()
            .filter(|edit| edit.component == *component);
        let mut latest: Vec<String> = own.rev().take(self.most).map(RejectedEdit::shown).collect();
        latest.reverse();
        latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_edits_of_a_component_are_shown() {
        let (here, there) = (Component::instructions("a"), Component::instructions("b"));
        let mut rejected = RejectedEdits::new(2);
        for (component, text) in [
            (&here, "one"),
            (&there, "other"),
            (&here, "two"),
            (&here, "three"),
        ] {
            rejected.remember(component, text, "2 -> 1");
        }
        let expected = ["Rejected (2 -> 1):\ntwo", "Rejected (2 -> 1):\nthree"];
        assert_eq!(rejected.shown(&here), expected);
        assert!(RejectedEdits::new(0).shown(&here).is_empty());
    }
}
