//! The tags that reasoning models write around their thoughts.

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

/// A tag of thoughts.
#[derive(Clone, Copy, Debug)]
pub(super) struct ThoughtTag<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) name: &'a str,
    pub(super) closes: bool,
}

/// All of them in a text.
pub(super) fn thought_tags(text: &str) -> impl Iterator<Item = ThoughtTag<'_>> {
    let places = text.match_indices(['<', '[', '◁']);
    places.filter_map(|(at, open)| tag(text, at, open))
}

/// The tag that a text starts with, if it opens thoughts.
pub(super) fn opening_tag(text: &str) -> Option<ThoughtTag<'_>> {
    let open = ["<", "[", "◁"]
        .into_iter()
        .find(|open| text.starts_with(open))?;
    tag(text, 0, open).filter(|tag| !tag.closes)
}

fn tag<'a>(text: &'a str, at: usize, open: &str) -> Option<ThoughtTag<'a>> {
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
    (known && is_name).then_some(ThoughtTag {
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
