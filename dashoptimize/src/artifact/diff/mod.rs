//! What changed from one state of a program to another, for people.

mod demos;
mod lines;
mod size;

pub use lines::Edit;

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use self::demos::DemoDiff;
use self::size::Size;
use crate::lm::Params;
use crate::module::{Module, Predictor};
use crate::signature::SignatureSpec;
use crate::state::{Nearest, PredictorState, State};

/// What changed from one state of a program to another. Printed, it is readable in a terminal
/// without colours.
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

/// What changed of one predictor.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictorDiff {
    path: String,
    instructions: Vec<Edit>,
    /// By `field, description` and `field, prefix`.
    fields: Vec<(String, Vec<Edit>)>,
    demos: DemoDiff,
    params: Vec<String>,
    size: Size,
}

impl Diff {
    /// What changed. A predictor that a state does not name stands as in the program.
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
            size::signed(grown)
        )
    }
}

impl PredictorDiff {
    fn between(
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
            size: Size::of(predictor, before, after),
        };
        let changed = !(diff.instructions.is_empty()
            && diff.fields.is_empty()
            && diff.demos.is_empty()
            && diff.params.is_empty());
        changed.then_some(diff)
    }

    /// Path of the predictor.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The instructions line by line; empty where they did not change.
    #[must_use]
    pub fn instructions(&self) -> &[Edit] {
        &self.instructions
    }

    /// By how many bytes the constant part of the prompt grew. It is sent with every call; providers
    /// bill it, at a lower price where they keep prefixes.
    #[must_use]
    pub const fn bytes_added(&self) -> i64 {
        self.size.bytes_added()
    }

    fn summary(&self) -> String {
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

/// What changed of the choice of demos and of the parameters.
fn settings(before: &PredictorState, after: &PredictorState) -> Vec<String> {
    let mut changes = params(&before.params, &after.params);
    if before.nearest != after.nearest {
        let [before, after] = [before, after].map(|state| match &state.nearest {
            Some(Nearest { by, k }) => format!("the {k} nearest ({by})"),
            None => "all".to_owned(),
        });
        changes.insert(0, format!("demos of a call: {before} → {after}"));
    }
    changes
}

/// `temperature: unset → 0.7`
fn params(before: &Params, after: &Params) -> Vec<String> {
    let [before, after] = [before, after].map(|params| match serde_json::to_value(params) {
        Ok(Value::Object(params)) => params,
        _ => Map::new(),
    });
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let value = |params: &Map<String, Value>, name: &String| match params.get(name) {
        Some(value) => Cow::Owned(value.to_string()),
        None => Cow::Borrowed("unset"),
    };
    names
        .into_iter()
        .map(|name| (name, value(&before, name), value(&after, name)))
        .filter(|(_, before, after)| before != after)
        .map(|(name, before, after)| format!("{name}: {before} → {after}"))
        .collect()
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
