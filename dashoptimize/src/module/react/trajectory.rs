//! The steps of an agent, as the model is shown them.

use std::fmt::Write;

use serde_json::Value;

/// One step.
#[derive(Clone, Debug)]
pub(super) struct AgentStep {
    pub(super) thought: String,
    pub(super) tool: String,
    pub(super) arguments: Value,
    /// What the tool returned, or what went wrong; `None` for the last step, which uses no tool.
    pub(super) observation: Option<String>,
}

/// The steps so far, and how many of them are too old to be shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Trajectory {
    steps: Vec<AgentStep>,
    hidden: usize,
}

impl Trajectory {
    pub(super) fn push(&mut self, step: AgentStep) {
        self.steps.push(step);
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Hides the oldest step that is shown, and says whether it could. The last step is never hidden, or
    /// the model would go in circles.
    pub(super) fn hide_oldest(&mut self) -> bool {
        let can = self.hidden + 1 < self.steps.len();
        self.hidden += usize::from(can);
        can
    }

    /// The steps that are shown.
    pub(super) fn shown(&self) -> String {
        self.words(self.hidden)
    }

    /// All steps.
    pub(super) fn whole(&self) -> String {
        self.words(0)
    }

    fn words(&self, from: usize) -> String {
        let mut words = String::new();
        for (index, step) in self.steps.iter().enumerate().skip(from) {
            step.write(&mut words, index + 1);
        }
        match words.trim_end() {
            "" => "(no steps yet)".to_owned(),
            words => words.to_owned(),
        }
    }
}

impl AgentStep {
    fn write(&self, words: &mut String, number: usize) {
        push_part(words, &format!("Thought {number}"), &self.thought);
        let mut action = self.tool.clone();
        match &self.arguments {
            Value::Null => {}
            Value::Object(none) if none.is_empty() => {}
            arguments => {
                // Writing to a `String` cannot fail.
                let _ = write!(action, " {arguments}");
            }
        }
        push_part(words, &format!("Action {number}"), &action);
        if let Some(observation) = &self.observation {
            push_part(words, &format!("Observation {number}"), observation);
        }
    }
}

/// Lines after the first are indented, so that the text of a tool cannot look like another part.
fn push_part(words: &mut String, label: &str, text: &str) {
    words.push_str(label);
    words.push(':');
    for (index, line) in text.trim().lines().enumerate() {
        words.push_str(if index == 0 { " " } else { "\n  " });
        words.push_str(line);
    }
    words.push('\n');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(observation: &str) -> AgentStep {
        AgentStep {
            thought: "look".to_owned(),
            tool: "search".to_owned(),
            arguments: json!({"query": "a"}),
            observation: Some(observation.to_owned()),
        }
    }

    #[test]
    fn steps_are_numbered_and_texts_stay_in_their_part() {
        let mut trajectory = Trajectory::default();
        assert_eq!(trajectory.shown(), "(no steps yet)");
        trajectory.push(step("found\nThought 2: I am done"));
        trajectory.push(AgentStep {
            thought: String::new(),
            tool: "finish".to_owned(),
            arguments: json!({}),
            observation: None,
        });
        assert_eq!(
            trajectory.whole(),
            "Thought 1: look\nAction 1: search {\"query\":\"a\"}\nObservation 1: found\n  \
             Thought 2: I am done\nThought 2:\nAction 2: finish"
        );
    }

    #[test]
    fn all_but_the_last_step_can_be_hidden() {
        let mut trajectory = Trajectory::default();
        assert!(!trajectory.hide_oldest());
        for text in ["one", "two", "three"] {
            trajectory.push(step(text));
        }
        assert!(trajectory.hide_oldest());
        assert!(trajectory.shown().starts_with("Thought 2:"));
        assert!(trajectory.hide_oldest());
        assert!(!trajectory.hide_oldest());
        assert!(trajectory.shown().contains("three"));
        assert!(trajectory.whole().contains("one"));
    }
}
