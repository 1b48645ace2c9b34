//! The signs that a text is not complete, and the wrapping that is not part of it.

/// The names of tags around thoughts.
const THOUGHTS: [&str; 8] = [
    "think",
    "thinking",
    "thought",
    "thoughts",
    "reasoning",
    "reflection",
    "analysis",
    "scratchpad",
];

/// Quotes that models put around a text.
const QUOTES: [(char, char); 4] = [('"', '"'), ('\'', '\''), ('“', '”'), ('`', '`')];

/// What shows that a text is cut off, if anything does: a code fence or a block of thoughts that does not end.
pub(super) fn sign(text: &str) -> Option<String> {
    if let Some(fence) = open_fence(text) {
        return Some(format!("the code fence `{fence}` does not end"));
    }
    let open = THOUGHTS.iter().find(|name| is_open(text, name))?;
    Some(format!("the block of thoughts `<{open}>` does not end"))
}

/// The fence that is open at the end of the text.
fn open_fence(text: &str) -> Option<&str> {
    let mut open: Option<&str> = None;
    for line in text.lines() {
        let Some(fence) = fence_of(line) else {
            continue;
        };
        open = match open {
            None => Some(fence),
            // Only a line of nothing but a fence that is as long ends a block.
            Some(start) if ends(line, start) => None,
            still => still,
        };
    }
    open
}

/// The fence that a line starts with: three or more backticks or tildes.
fn fence_of(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let first = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = line.trim_start_matches(first);
    let fence = &line[..line.len() - rest.len()];
    // Backticks later in the line make it code within a line.
    (fence.len() >= 3 && !rest.contains(first)).then_some(fence)
}

fn ends(line: &str, start: &str) -> bool {
    let line = line.trim();
    line.len() >= start.len() && line.chars().all(|c| start.starts_with(c))
}

/// Whether a tag of this name is opened later than it is closed for the last time. A tag that is only mentioned
/// opens nothing.
fn is_open(text: &str, name: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let tag = format!("<{name}>");
    let mut opened = lower.rmatch_indices(&tag).map(|(start, _)| start);
    let opened = opened.find(|start| !is_mentioned(&lower[..*start], &lower[start + tag.len()..]));
    let closed = lower.rfind(&format!("</{name}>"));
    opened.is_some_and(|opened| closed.is_none_or(|closed| closed < opened))
}

/// Whether a tag between these texts is mentioned, as in ``inside of <think> tags`` and `` `<think>` ``.
fn is_mentioned(before: &str, after: &str) -> bool {
    let is_quoted = before.ends_with(['`', '"', '\'']) && after.starts_with(['`', '"', '\'']);
    let next = after.split_whitespace().next().unwrap_or_default();
    let next = next.trim_end_matches(|c: char| !c.is_alphanumeric());
    is_quoted || matches!(next, "tag" | "tags" | "block" | "section" | "element")
}

/// The text without white space, quotes and a code fence around all of it, and without thoughts before it.
pub(super) fn unwrapped(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let inner = without_thoughts(without_fence(without_quotes(text)).trim()).trim();
        if inner.len() == text.len() {
            return text;
        }
        text = inner;
    }
}

/// The text between two quotes, if nothing else is quoted in it.
fn without_quotes(text: &str) -> &str {
    let between = QUOTES.iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(*open)?.strip_suffix(*close)?;
        let is_one = !inner.contains(*open) && !inner.contains(*close);
        is_one.then_some(inner)
    });
    between.unwrap_or(text)
}

/// The text inside one code fence around all of it.
fn without_fence(text: &str) -> &str {
    let inside = || {
        let fence = fence_of(text.lines().next()?)?;
        let (_, rest) = text.split_once('\n')?;
        let inner = rest.trim_end().strip_suffix(fence)?;
        let ends = inner.is_empty() || inner.ends_with('\n');
        let is_one = ends && inner.lines().all(|line| fence_of(line).is_none());
        is_one.then_some(inner)
    };
    inside().unwrap_or(text)
}

/// The text after a block of thoughts that it starts with.
fn without_thoughts(text: &str) -> &str {
    let after = THOUGHTS.iter().find_map(|name| {
        let start = text.get(..name.len() + 2)?;
        let is_opened = start.eq_ignore_ascii_case(&format!("<{name}>"));
        let end = format!("</{name}>");
        let at = text.to_ascii_lowercase().find(&end)?;
        is_opened.then(|| &text[at + end.len()..])
    });
    after.unwrap_or(text)
}
