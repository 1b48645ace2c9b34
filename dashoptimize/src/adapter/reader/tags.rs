//! Outputs in tags, `<answer>…</answer>`, in replies without markers.

use super::single::single;
use super::source::{OutputSource, OutputSources};
use crate::adapter::Receipt;
use crate::adapter::spelling::same_name;
use crate::signature::SignatureSpec;

/// Elements of documents. An output with such a name may be the document itself.
const ELEMENTS: [&str; 12] = [
    "html", "svg", "xml", "body", "head", "table", "div", "span", "p", "code", "pre", "math",
];

/// The outputs in their tags. `None` unless each output is in exactly one pair of tags.
pub(super) fn find<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    receipt: &mut Receipt,
) -> Option<OutputSources<'a>> {
    if !reply.contains("</") {
        return None;
    }
    let opened: Vec<(usize, usize, &str)> = openings(reply).collect();
    let mut found = Vec::with_capacity(spec.outputs().len());
    let mut last_end = 0;
    for field in spec.outputs() {
        let exact = single(opened.iter().filter(|(_, _, name)| field.name == *name));
        let similar = || {
            let others = spec
                .outputs()
                .filter(|other| same_name(&other.name, &field.name));
            (others.count() == 1)
                .then(|| {
                    single(
                        opened
                            .iter()
                            .filter(|(_, _, name)| same_name(&field.name, name)),
                    )
                })
                .flatten()
        };
        let (_, start, name) = *exact.or_else(similar)?;
        let close = format!("</{name}>");
        let length = reply[start..].find(&close)?;
        if ELEMENTS.contains(&name) || reply[start + length + close.len()..].contains(&close) {
            return None;
        }
        last_end = last_end.max(start + length + close.len());
        found.push((field, &reply[start..start + length]));
    }
    for (field, _) in &found {
        receipt.repaired(&field.name, "read a tag in place of the marker");
    }
    if !reply[last_end..].trim().is_empty() {
        receipt.repaired("", "left out the text after the last tag");
    }
    let bodies = found.into_iter();
    Some(
        bodies
            .map(|(_, body)| Some(OutputSource::text(body)))
            .collect(),
    )
}

/// The tags that open, as their start, their end and their name.
fn openings(text: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    text.match_indices('<').filter_map(|(at, _)| {
        let inside = &text[at + 1..];
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let length = inside.find(|c| !is_name(c))?;
        let (name, rest) = inside.split_at(length);
        (!name.is_empty() && rest.starts_with('>')).then_some((at, at + length + 2, name))
    })
}
