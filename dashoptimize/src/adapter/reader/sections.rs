//! Outputs in sections under field markers.

use super::source::{OutputSource, OutputSources};
use crate::adapter::Receipt;
use crate::adapter::marker::{COMPLETED, find_opening, marker as marker_of};
use crate::adapter::spelling::{brief, same_name};
use crate::signature::{SignatureSpec, Ty};

/// What may surround a marker or a label on its line.
pub(super) const DECORATION: [char; 8] = ['*', '_', '#', '-', '>', '`', ' ', '\t'];

/// A marker in a reply.
#[derive(Debug)]
pub(super) struct Marker<'a> {
    /// The position where it starts, including its decoration.
    pub(super) start: usize,
    /// The position where it ends.
    pub(super) end: usize,
    /// The name in it, as the model wrote it.
    pub(super) name: &'a str,
    /// What it marks.
    pub(super) kind: MarkerKind,
    /// The repair that was needed to read it.
    pub(super) done: Option<&'static str>,
}

/// What a marker marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkerKind {
    /// The output with this index.
    Output(usize),
    /// An input: the model continued with the next turn.
    Input,
    /// The end of the reply.
    Completed,
    /// A name that is not in the signature.
    Unknown,
}

/// Where other turns start in a reply: at the markers of inputs.
///
/// The reply is looked at once, because every object in it asks for the turns before it.
pub(super) struct Turns {
    /// The markers that open a line, in their order.
    on_lines: Vec<usize>,
    /// The markers inside lines, in their order.
    in_lines: Vec<usize>,
}

impl Turns {
    pub(super) fn of(spec: &SignatureSpec, reply: &str) -> Self {
        let mut from = 0;
        let openings = std::iter::from_fn(|| {
            let at = find_opening(reply, from)?;
            from = at + 1;
            Some(at)
        });
        let markers = openings.filter_map(|at| marker(spec, reply, at));
        let inputs = markers.filter(|marker| marker.kind == MarkerKind::Input);
        let starts = inputs.map(|marker| marker.start);
        let (on_lines, in_lines) =
            starts.partition(|start| *start == 0 || reply[..*start].ends_with('\n'));
        Self { on_lines, in_lines }
    }

    /// Whether a turn starts between these positions, the first of which is the end of an answer: on a
    /// line of its own, or right after the answer.
    pub(super) fn start_between(&self, from: usize, to: usize) -> bool {
        let next = self.on_lines.partition_point(|start| *start < from);
        let on_line = self.on_lines.get(next).is_some_and(|start| *start < to);
        on_line || (from < to && self.in_lines.binary_search(&from).is_ok())
    }
}

/// The sections under markers that open a line. `None` if no output has such a marker.
///
/// If an output lacks one, markers inside lines count as well. Otherwise they do not, so that a value
/// that mentions a marker is not cut there.
pub(super) fn find<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    receipt: &mut Receipt,
) -> Option<OutputSources<'a>> {
    let found = markers(spec, reply, false);
    match outputs_in(&found) {
        0 => None,
        count if count < spec.outputs().len() => find_inside(spec, reply, receipt),
        _ => Some(assemble(spec, reply, &found, receipt)),
    }
}

/// The sections under markers anywhere. `None` if there is no marker of an output.
pub(super) fn find_inside<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    receipt: &mut Receipt,
) -> Option<OutputSources<'a>> {
    let found = markers(spec, reply, true);
    (outputs_in(&found) > 0).then(|| assemble(spec, reply, &found, receipt))
}

/// How many different outputs have a marker before the end of the reply.
fn outputs_in(markers: &[Marker<'_>]) -> usize {
    let mut outputs: Vec<usize> = until_end(markers)
        .filter_map(|marker| match marker.kind {
            MarkerKind::Output(output) => Some(output),
            _ => None,
        })
        .collect();
    outputs.sort_unstable();
    outputs.dedup();
    outputs.len()
}

/// The markers before the one that ends the reply.
fn until_end<'a, 'm>(markers: &'m [Marker<'a>]) -> impl Iterator<Item = &'m Marker<'a>> {
    let first_output = markers
        .iter()
        .position(|m| matches!(m.kind, MarkerKind::Output(_)));
    let ends = move |index: usize, marker: &Marker<'_>| {
        let after_output = first_output.is_some_and(|first| index > first);
        after_output && matches!(marker.kind, MarkerKind::Completed | MarkerKind::Input)
    };
    let end = markers
        .iter()
        .enumerate()
        .position(|(index, marker)| ends(index, marker));
    markers[..end.unwrap_or(markers.len())].iter()
}

/// Whether a reply has a marker that could be the one of an output or of another field.
pub(super) fn has_unclear_marker(spec: &SignatureSpec, reply: &str) -> bool {
    let found = markers(spec, reply, false);
    let mut unknown = found.iter().filter(|m| m.kind == MarkerKind::Unknown);
    unknown.any(|m| spec.outputs().any(|field| same_name(&field.name, m.name)))
}

fn markers<'a>(spec: &SignatureSpec, reply: &'a str, anywhere: bool) -> Vec<Marker<'a>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = find_opening(reply, from) {
        from = at + 1;
        let Some(marker) = marker(spec, reply, at) else {
            continue;
        };
        let opens_line = reply[..marker.start].ends_with('\n') || marker.start == 0;
        let inside = matches!(marker.kind, MarkerKind::Output(_)) && anywhere;
        if opens_line || inside || marker.kind == MarkerKind::Completed {
            from = marker.end;
            found.push(marker);
        }
    }
    found
}

/// The marker that opens at this byte, in any spelling.
fn marker<'a>(spec: &SignatureSpec, reply: &'a str, at: usize) -> Option<Marker<'a>> {
    let inside = reply[at + 2..]
        .trim_start_matches([' ', '\t'])
        .trim_start_matches('#');
    let length = inside.find(['#', ']', '\n']).unwrap_or(inside.len());
    let name = inside[..length].trim();
    let close = inside[length..].trim_start_matches(['#', ' ', '\t']);
    let close = close.strip_prefix(']').unwrap_or(close);
    let close = close.strip_prefix(']').unwrap_or(close);
    let end = reply.len() - close.len();
    let kind = kind(spec, name, end == reply.len())?;
    let name = name.trim_matches(DECORATION).trim();
    let line = reply[..at].trim_end_matches(DECORATION);
    let opens_line = line.is_empty() || line.ends_with('\n');
    let start = if opens_line { line.len() } else { at };
    Some(Marker {
        start,
        end,
        name,
        kind,
        done: done(spec, &reply[start..end], kind, opens_line),
    })
}

/// What a name marks. The names as they stand come first; a name in another spelling counts only if it
/// could be nothing else.
fn kind(spec: &SignatureSpec, written: &str, at_end: bool) -> Option<MarkerKind> {
    let name = written.trim_matches(DECORATION).trim();
    let outputs = spec.outputs().enumerate();
    let outputs = outputs.map(|(index, field)| (&*field.name, MarkerKind::Output(index)));
    let inputs = spec.inputs().map(|field| (&*field.name, MarkerKind::Input));
    let names: Vec<(&str, MarkerKind)> = outputs
        .chain(inputs)
        .chain([(COMPLETED, MarkerKind::Completed)])
        .collect();
    let exact = |name: &str| names.iter().find(|(known, _)| *known == name);
    if let Some((_, kind)) = exact(written).or_else(|| exact(name)) {
        return Some(*kind);
    }
    let similar: Vec<MarkerKind> = names
        .iter()
        .filter(|(known, _)| same_name(known, name))
        .map(|(_, kind)| *kind)
        .collect();
    match similar.as_slice() {
        [kind] => Some(*kind),
        [] if at_end && COMPLETED.starts_with(&name.to_lowercase()) => Some(MarkerKind::Completed),
        _ => (!name.is_empty()).then_some(MarkerKind::Unknown),
    }
}

fn done(
    spec: &SignatureSpec,
    written: &str,
    kind: MarkerKind,
    opens_line: bool,
) -> Option<&'static str> {
    let MarkerKind::Output(output) = kind else {
        return None;
    };
    let field = spec.outputs().nth(output)?;
    if !opens_line {
        Some("found its marker inside a line")
    } else if written != marker_of(&field.name) {
        Some("read a marker in another spelling")
    } else {
        None
    }
}

/// Gives each output the text up to the next marker. If an output has several sections, the first one
/// that is not empty counts: a model that does not stop writes the right one first.
pub(super) fn assemble<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    markers: &[Marker<'a>],
    receipt: &mut Receipt,
) -> OutputSources<'a> {
    let mut bodies: Vec<Option<&'a str>> = vec![None; spec.outputs().len()];
    let names: Vec<&str> = spec.outputs().map(|field| &*field.name).collect();
    let sections = until_end(markers).count();
    for (index, marker) in markers[..sections].iter().enumerate() {
        let end = markers
            .get(index + 1)
            .map_or(reply.len(), |next| next.start);
        let (body, beside) = body(reply, marker, end);
        let MarkerKind::Output(output) = marker.kind else {
            if marker.kind == MarkerKind::Unknown {
                let done = format!(
                    "left out the section {}, which is not an output",
                    brief(marker.name)
                );
                receipt.repaired("", done);
            }
            continue;
        };
        let done = marker
            .done
            .or(beside.then_some("read the value on the line of its marker"));
        match bodies[output] {
            Some(before) if !before.is_empty() => {
                receipt.repaired(names[output], "kept the first of several sections");
                continue;
            }
            _ => bodies[output] = Some(body),
        }
        done.into_iter()
            .for_each(|done| receipt.repaired(names[output], done));
    }
    let before = reply[..markers.first().map_or(0, |marker| marker.start)].trim();
    around(spec, before, &mut bodies, receipt);
    if let Some(end) = markers
        .get(sections)
        .filter(|end| !reply[end.end..].trim().is_empty())
    {
        let end = brief(end.name);
        receipt.repaired("", format!("left out the text after the marker {end}"));
    }
    bodies
        .into_iter()
        .map(|body| body.map(OutputSource::text))
        .collect()
}

/// The text of a section, and whether it starts on the line of its marker.
fn body<'a>(reply: &'a str, marker: &Marker<'a>, end: usize) -> (&'a str, bool) {
    let body = &reply[marker.end..end.max(marker.end)];
    let line = body.split('\n').next().unwrap_or(body);
    if line.trim().is_empty() {
        return (body.trim(), false);
    }
    let decorated = reply[marker.start..].starts_with(DECORATION);
    let body = match decorated {
        true => body.trim_start_matches(['*', '_', '`', '#']),
        false => body,
    };
    (body.trim_start_matches([':', ' ', '\t']).trim(), true)
}

/// Handles the text before the first marker. It is the value of the first output if that is a text
/// without a section; otherwise it is left out. If it opens a code fence, the end of the fence is removed
/// from the last section.
fn around<'a>(
    spec: &SignatureSpec,
    before: &'a str,
    bodies: &mut [Option<&'a str>],
    receipt: &mut Receipt,
) {
    if before.is_empty() {
        return;
    }
    let fenced = before
        .lines()
        .last()
        .is_some_and(|line| line.trim().starts_with("```"));
    if let (true, Some(Some(last))) = (fenced, bodies.last_mut()) {
        *last = last.strip_suffix("```").unwrap_or(last).trim_end();
    }
    let first = spec.outputs().next();
    let is_text = first.is_some_and(|field| field.ty == Ty::Str);
    if let (true, false, Some(body @ None)) = (is_text, fenced, bodies.first_mut()) {
        *body = Some(before);
        let name = first.map_or("", |field| &*field.name);
        receipt.repaired(name, "read the text before the first marker as the value");
    } else {
        receipt.repaired("", "left out the text before the first marker");
    }
}
