//! Outputs after labels at the start of lines, `Answer: …`, in replies without markers.

use super::sections::{DECORATION, Marker, MarkerKind, assemble};
use super::single::single;
use super::source::OutputSources;
use crate::adapter::Receipt;
use crate::adapter::spelling::same_name;
use crate::signature::SignatureSpec;

/// The outputs after their labels. `None` unless each has exactly one label.
pub(super) fn find<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    receipt: &mut Receipt,
) -> Option<OutputSources<'a>> {
    let markers: Vec<Marker<'a>> = lines(reply)
        .filter_map(|(start, line)| label(spec, start, line))
        .collect();
    let count = |output| {
        markers
            .iter()
            .filter(|m| m.kind == MarkerKind::Output(output))
            .count()
    };
    let clear = (0..spec.outputs().len()).all(|output| count(output) == 1);
    clear.then(|| assemble(spec, reply, &markers, receipt))
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line)
    })
}

/// The output that a label names: by its name as it stands, or else by the only name or prefix that it
/// could be in another spelling.
fn output(spec: &SignatureSpec, written: &str, name: &str) -> Option<usize> {
    let exact = |label: &str| spec.outputs().position(|field| field.name == label);
    exact(written).or_else(|| exact(name)).or_else(|| {
        let similar = spec.outputs().enumerate().filter(|(_, field)| {
            same_name(&field.name, name) || same_name(field.prefix.trim_end_matches(':'), name)
        });
        single(similar).map(|(index, _)| index)
    })
}

fn label<'a>(spec: &SignatureSpec, start: usize, line: &'a str) -> Option<Marker<'a>> {
    let (before, after) = line.split_once([':', '：'])?;
    let colon = line.len() - before.len() - after.len();
    let name = before.trim_matches(DECORATION);
    if name.contains(['{', '}', '[', ']', '<', '>', '"', '\'', '“']) {
        return None;
    }
    let output = output(spec, before.trim(), name)?;
    // `**Answer:** 4`: the decoration may be closed after the colon.
    let closing = match before.trim_start().starts_with("**") && !before.ends_with("**") {
        true => after.len() - after.trim_start_matches('*').len(),
        false => 0,
    };
    Some(Marker {
        start,
        end: start + before.len() + colon + closing,
        name,
        kind: MarkerKind::Output(output),
        done: Some("read a label in place of the marker"),
    })
}
