//! Demos that were added and removed.

use std::fmt;

use serde_json::Value;

use crate::signature::SignatureSpec;
use crate::state::Demo;

/// The largest numbers of characters of one value, and of one demo, in the short form.
const LONGEST_VALUE: usize = 40;
const LONGEST_DEMO: usize = 110;

/// How many added or removed demos are shown.
const MOST_SHOWN: usize = 8;

/// Demos that were added and removed, in a short form.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DemoDiff {
    removed: Vec<String>,
    added: Vec<String>,
    counts: (usize, usize),
    moved: bool,
}

impl DemoDiff {
    pub(super) fn between(spec: &SignatureSpec, before: &[Demo], after: &[Demo]) -> Self {
        let short = |demos: Vec<&Demo>| demos.into_iter().map(|demo| short(spec, demo)).collect();
        Self {
            removed: short(lacking(before, after)),
            added: short(lacking(after, before)),
            counts: (before.len(), after.len()),
            moved: before != after,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        !self.moved
    }

    pub(super) fn summary(&self) -> Option<String> {
        let demos = |count: usize| if count == 1 { "demo" } else { "demos" };
        match (self.added.len(), self.removed.len()) {
            (0, 0) => self.moved.then(|| "order of demos".to_owned()),
            (added, 0) => Some(format!("+{added} {}", demos(added))),
            (0, removed) => Some(format!("−{removed} {}", demos(removed))),
            (added, removed) => Some(format!("+{added} −{removed} demos")),
        }
    }
}

/// The demos of `a` that `b` lacks. A demo that occurs twice in `a` must occur twice in `b`.
fn lacking<'a>(a: &'a [Demo], b: &[Demo]) -> Vec<&'a Demo> {
    let mut left: Vec<&Demo> = b.iter().collect();
    let mut lacking = Vec::new();
    for demo in a {
        match left.iter().position(|other| *other == demo) {
            Some(place) => {
                left.swap_remove(place);
            }
            None => lacking.push(demo),
        }
    }
    lacking
}

/// `message="I lost my card" -> intent="CardLost"`
fn short(spec: &SignatureSpec, demo: &Demo) -> String {
    let values = |names: Vec<(&str, Option<&Value>)>| {
        let parts: Vec<String> = names
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", brief(value?))))
            .collect();
        parts.join(", ")
    };
    let inputs = spec
        .inputs()
        .map(|field| (&*field.name, demo.inputs.get(&*field.name)));
    let outputs = spec
        .outputs()
        .map(|field| (&*field.name, demo.outputs.get(&*field.name)));
    let line = format!(
        "{} -> {}",
        values(inputs.collect()),
        values(outputs.collect())
    );
    cut(&line, LONGEST_DEMO)
}

/// JSON escapes control characters, so a demo is one line.
fn brief(value: &Value) -> String {
    match value {
        Value::String(text) => Value::String(cut(text, LONGEST_VALUE)).to_string(),
        other => cut(&other.to_string(), LONGEST_VALUE),
    }
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for DemoDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return Ok(());
        }
        write!(f, "\n  demos: {} → {}", self.counts.0, self.counts.1)?;
        if self.added.is_empty() && self.removed.is_empty() {
            return f.write_str(", the same ones in another order");
        }
        for (sign, demos) in [('-', &self.removed), ('+', &self.added)] {
            for demo in demos.iter().take(MOST_SHOWN) {
                write!(f, "\n    {sign} {demo}")?;
            }
            if demos.len() > MOST_SHOWN {
                write!(f, "\n    {sign} … and {} more", demos.len() - MOST_SHOWN)?;
            }
        }
        Ok(())
    }
}
