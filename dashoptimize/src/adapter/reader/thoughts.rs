//! The thoughts that reasoning models write before a reply. They may hold drafts of it, which are not
//! the reply.

use super::source::OutputSource;
use crate::adapter::Receipt;
use crate::adapter::marker::find_opening;
use crate::adapter::spelling::same_name;
use crate::signature::SignatureSpec;

/// The names of the tags around thoughts, without a prefix such as `seed:`.
const NAMES: [&str; 22] = [
    "think",
    "thinking",
    "thought",
    "thoughts",
    "reasoning",
    "reason",
    "reflection",
    "reflect",
    "scratchpad",
    "analysis",
    "antthinking",
    "ant_thinking",
    "internal",
    "thought_process",
    "thinking_process",
    "reasoning_process",
    "chain_of_thought",
    "inner_monologue",
    "internal_monologue",
    "inner_thoughts",
    "cot",
    "cot_budget_reflect",
];

/// The longest tag, with its attributes.
const LONGEST_TAG: usize = 96;

/// A reply without its thoughts.
#[derive(Debug, PartialEq)]
pub(super) enum WithoutThoughts<'a> {
    Reply(&'a str),
    /// The reply ends inside its thoughts.
    Cut,
    /// It cannot be said where the thoughts end.
    Unclear,
}

impl WithoutThoughts<'_> {
    /// What to say of every output, if there is no reply.
    pub(super) fn problem<'s>(&self) -> Option<OutputSource<'s>> {
        let problem = match self {
            Self::Reply(_) => return None,
            Self::Cut => "is missing, because the reply ends inside its thoughts",
            Self::Unclear => "is missing, because the end of the thoughts before it is not clear",
        };
        Some(OutputSource::Unclear(problem.to_owned()))
    }
}

/// A tag of thoughts.
#[derive(Clone, Copy, Debug)]
struct Tag<'a> {
    start: usize,
    end: usize,
    name: &'a str,
    closes: bool,
}

/// Leaves out the thoughts. After the start of the reply, in a section or in JSON, a tag is a part of a
/// value.
pub(super) fn without<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    receipt: &mut Receipt,
) -> WithoutThoughts<'a> {
    let mut rest = reply;
    if let Some(channels) = in_channels(reply) {
        match channels {
            WithoutThoughts::Reply(last) => rest = last,
            other => return other,
        }
    }
    let mut form = FormStart::default();
    loop {
        let head = form.before(rest);
        let first = tags(spec, head).find(|tag| tag.closes || opens_line(rest, tag.start));
        let Some(first) = first else { break };
        let Some(end) = (match first.closes {
            // Some servers remove the opening tag.
            true => Some(first.end),
            false => end_of(spec, rest, first),
        }) else {
            return WithoutThoughts::Cut;
        };
        match after_further_ends(spec, &rest[end..], &mut form) {
            Some(after) => rest = after,
            None => return WithoutThoughts::Unclear,
        }
    }
    if rest.len() < reply.len() {
        receipt.repaired("", "left out the thoughts before the reply");
    }
    WithoutThoughts::Reply(rest)
}

/// Where the first section or the first object starts, as its distance from the end of the reply. It is
/// looked for again only when the rest of the reply starts after it.
#[derive(Default)]
struct FormStart(Option<usize>);

impl FormStart {
    /// The part of the rest of a reply that is before the form.
    fn before<'a>(&mut self, rest: &'a str) -> &'a str {
        let to_end = match self.0 {
            Some(to_end) if to_end <= rest.len() => to_end,
            _ => {
                let marker = find_opening(rest, 0);
                let start = marker.into_iter().chain(rest.find('{')).min();
                rest.len() - start.unwrap_or(rest.len())
            }
        };
        self.0 = Some(to_end);
        rest.get(..rest.len() - to_end).unwrap_or(rest)
    }
}

fn opens_line(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with('\n')
}

/// The end of the thoughts that this tag opens. Tags inside of them are counted where they match.
fn end_of<'a>(spec: &SignatureSpec, text: &'a str, open: Tag<'a>) -> Option<usize> {
    let inside = &text[open.end..];
    let (mut depth, mut last, mut other) = (1_usize, None, None);
    for tag in tags(spec, inside) {
        let same = tag.name.eq_ignore_ascii_case(open.name);
        match (same, tag.closes) {
            (true, false) => depth += 1,
            (true, true) => {
                depth -= 1;
                last = Some(tag.end);
                if depth == 0 {
                    break;
                }
            }
            (false, true) => other = other.or(Some(tag.end)),
            (false, false) => {}
        }
    }
    last.or(other).map(|end| open.end + end)
}

/// The text after the thoughts. They may have mentioned their own end: then the end that counts is the
/// last one before the form of the reply, if a line ends there.
fn after_further_ends<'a>(
    spec: &SignatureSpec,
    text: &'a str,
    form: &mut FormStart,
) -> Option<&'a str> {
    let mut rest = text;
    loop {
        let head = form.before(rest);
        match tags(spec, head).find(|tag| tag.closes || opens_line(head, tag.start)) {
            Some(tag) if tag.closes => {
                rest = &rest[tag.end..];
                let line = rest.trim_start_matches([' ', '\t']);
                if !line.is_empty() && !line.starts_with(['\n', '\r']) {
                    return None;
                }
            }
            _ => return Some(rest),
        }
    }
}

/// The last channel of a reply that is written in channels.
fn in_channels(reply: &str) -> Option<WithoutThoughts<'_>> {
    const FINAL: &str = "<|channel|>final<|message|>";
    if !reply.trim_start().starts_with("<|") || !reply.contains("<|channel|>") {
        return None;
    }
    let Some(at) = reply.rfind(FINAL) else {
        return Some(WithoutThoughts::Cut);
    };
    let last = reply[at + FINAL.len()..].trim_end();
    let last = last.strip_suffix("<|return|>").unwrap_or(last);
    Some(WithoutThoughts::Reply(
        last.strip_suffix("<|end|>").unwrap_or(last),
    ))
}

/// The tags of thoughts in a text. A tag with the name of an output marks the output.
fn tags<'a>(spec: &SignatureSpec, text: &'a str) -> impl Iterator<Item = Tag<'a>> {
    let is_output = |name: &str| spec.outputs().any(|field| same_name(&field.name, name));
    let places = text.match_indices(['<', '[', '◁']);
    let tags = places.filter_map(|(at, open)| tag(text, at, open));
    tags.filter(move |tag| !is_output(tag.name))
}

fn tag<'a>(text: &'a str, at: usize, open: &str) -> Option<Tag<'a>> {
    let close = match open {
        "<" => '>',
        "[" => ']',
        _ => '▷',
    };
    let inside = &text[at + open.len()..];
    let bounded = &inside[..inside.floor_char_boundary(LONGEST_TAG)];
    let length = bounded.find(close)?;
    let (inside, end) = (
        &bounded[..length],
        at + open.len() + length + close.len_utf8(),
    );
    let inside = inside.trim_matches('|');
    let (name, closes) = match inside.strip_prefix('/') {
        Some(name) => (name, true),
        None => (inside, false),
    };
    let name = name.split([' ', '\t', '\n']).next()?;
    let name = name.rsplit(':').next()?;
    let (name, closes) = match name
        .strip_prefix("end_of_")
        .or_else(|| name.strip_prefix("end_"))
    {
        Some(name) => (name, true),
        None => (without_start(name), closes),
    };
    let known = match open {
        // `[think]` may be a word of prose.
        "[" => name == name.to_uppercase(),
        _ => true,
    };
    let is_name = NAMES.iter().any(|known| known.eq_ignore_ascii_case(name));
    (known && is_name).then_some(Tag {
        start: at,
        end,
        name,
        closes,
    })
}

fn without_start(name: &str) -> &str {
    let starts = ["begin_of_", "start_of_", "begin_", "start_"];
    let rest = starts.iter().find_map(|start| name.strip_prefix(start));
    rest.unwrap_or(name)
}
