//! What changed of one predictor.

use std::fmt;

use super::demos::DemoDiff;
use super::lines::{self, Edit};
use super::prompt_size::PromptSize;
use super::settings::settings;
use crate::module::Predictor;
use crate::signature::SignatureSpec;
use crate::state::PredictorState;

/// What changed of one predictor.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictorDiff {
    path: String,
    instructions: Vec<Edit>,
    /// By `field, description` and `field, prefix`.
    fields: Vec<(String, Vec<Edit>)>,
    demos: DemoDiff,
    params: Vec<String>,
    size: PromptSize,
}

impl PredictorDiff {
    pub(super) fn between(
        predictor: &Predictor,
        before: &PredictorState,
        after: &PredictorState,
    ) -> Option<Self> {
        let spec = predictor.spec();
        let diff = Self {
            path: predictor.path().to_owned(),
            instructions: lines::edits(instructions(spec, before), instructions(spec, after)),
            fields: fields(spec, before, after),
            demos: DemoDiff::between(spec, &before.demos, &after.demos),
            params: settings(before, after),
            size: PromptSize::of(predictor, before, after),
        };
        let changed = !(diff.instructions.is_empty()
            && diff.fields.is_empty()
            && diff.demos.is_empty()
            && diff.params.is_empty());
        changed.then_some(diff)
    }

    /// The path of the predictor.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The instructions line by line; empty if they did not change.
    #[must_use]
    pub fn instructions(&self) -> &[Edit] {
        &self.instructions
    }

    /// By how many bytes the constant part of the prompt grew. It is sent with every call. Providers bill
    /// it, at a lower price if they cache prefixes.
    #[must_use]
    pub const fn bytes_added(&self) -> i64 {
        self.size.bytes_added()
    }

    pub(super) fn summary(&self) -> String {
        let mut parts = Vec::new();
        if !self.instructions.is_empty() {
            parts.push("instructions".to_owned());
        }
        if !self.fields.is_empty() {
            parts.push("field prose".to_owned());
        }
        if let Some(demos) = self.demos.summary() {
            parts.push(demos);
        }
        if !self.params.is_empty() {
            parts.push("parameters".to_owned());
        }
        format!("{} of `{}`", parts.join(", "), self.path)
    }
}

fn instructions<'a>(spec: &'a SignatureSpec, state: &'a PredictorState) -> &'a str {
    state.instructions.as_deref().unwrap_or(&spec.instructions)
}

fn fields(
    spec: &SignatureSpec,
    before: &PredictorState,
    after: &PredictorState,
) -> Vec<(String, Vec<Edit>)> {
    let mut changed = Vec::new();
    for field in spec.fields.iter() {
        let [before, after] = [before, after].map(|state| state.fields.get(&*field.name));
        let desc = [before, after].map(|prose| {
            prose
                .and_then(|prose| prose.desc.as_deref())
                .unwrap_or(&field.desc)
        });
        let prefix = [before, after].map(|prose| {
            prose
                .and_then(|prose| prose.prefix.as_deref())
                .unwrap_or(&field.prefix)
        });
        changed.push((format!("`{}`, description", field.name), desc));
        changed.push((format!("`{}`, prefix", field.name), prefix));
    }
    let edits = |(what, [before, after]): (String, [&str; 2])| (what, lines::edits(before, after));
    let changed = changed.into_iter().map(edits);
    changed.filter(|(_, edits)| !edits.is_empty()).collect()
}

impl fmt::Display for PredictorDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if !self.instructions.is_empty() {
            f.write_str("\n  instructions")?;
            lines::write(f, "    ", &self.instructions)?;
        }
        for (field, edits) in &self.fields {
            write!(f, "\n  {field}")?;
            lines::write(f, "    ", edits)?;
        }
        write!(f, "{}", self.demos)?;
        for param in &self.params {
            write!(f, "\n  {param}")?;
        }
        write!(f, "\n  {}", self.size)
    }
}
