//! Says how a request that was not recorded differs from the nearest one that was.
//!
//! Nearness is the length of what two texts have in common at their start and end. Prompts are long, and
//! an edit distance takes the product of two lengths; this takes their sum.

use serde::Serialize;

use super::file::Asked;

/// The index of the recorded request that shares the most text with this one.
pub(super) fn find<'a>(recorded: impl Iterator<Item = &'a Asked>, asked: &Asked) -> Option<usize> {
    let mut best = None;
    for (place, other) in recorded.enumerate() {
        let shared = shared_text(other, asked);
        // The first of equally near ones.
        if best.is_none_or(|(_, most)| shared > most) {
            best = Some((place, shared));
        }
    }
    best.map(|(place, _)| place)
}

fn shared_text(a: &Asked, b: &Asked) -> usize {
    let pairs = a.messages.iter().zip(&b.messages);
    pairs
        .map(|(a, b)| shared_bytes(a.text().as_bytes(), b.text().as_bytes()))
        .sum()
}

fn shared_bytes(a: &[u8], b: &[u8]) -> usize {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev());
    start + end.take_while(|(a, b)| a == b).count()
}

/// The first difference between the two requests, in words.
pub(super) fn difference(recorded: &Asked, asked: &Asked) -> String {
    for (number, (old, new)) in recorded.messages.iter().zip(&asked.messages).enumerate() {
        let number = number + 1;
        if old.role != new.role {
            let (old, new) = (old.role.as_str(), new.role.as_str());
            return format!("message {number} has the role `{new}`, recorded `{old}`");
        }
        if (&old.tool_calls, &old.answers) != (&new.tool_calls, &new.answers) {
            return in_value(&format!("tool calls of message {number}"), old, new);
        }
        let role = new.role.as_str();
        if old.text() != new.text() {
            let difference = in_text(old.text(), new.text());
            return format!("message {number} ({role}) {difference}");
        }
        if old.content != new.content {
            return format!(
                "message {number} ({role}) has the same text, but other parts: {:?}, recorded {:?}",
                new.parts(),
                old.parts()
            );
        }
    }
    let (old, new) = (recorded.messages.len(), asked.messages.len());
    if old != new {
        return format!("it has {new} messages, recorded {old}");
    }
    if recorded.params != asked.params {
        return in_value("parameters", &recorded.params, &asked.params);
    }
    if recorded.format != asked.format {
        return in_value("formats of the reply", &recorded.format, &asked.format);
    }
    if recorded.tools != asked.tools {
        return in_value("tools", &recorded.tools, &asked.tools);
    }
    format!(
        "it is sample {}, recorded {}",
        asked.sample, recorded.sample
    )
}

fn in_text(old: &str, new: &str) -> String {
    let same = old.chars().zip(new.chars());
    let at = same.take_while(|(old, new)| old == new).count();
    format!(
        "differs from character {}: it has {:?}, recorded {:?}",
        at + 1,
        around(new, at),
        around(old, at)
    )
}

/// Some text before and after a character.
fn around(text: &str, at: usize) -> String {
    const BEFORE: usize = 20;
    const AFTER: usize = 40;
    let start = at.saturating_sub(BEFORE);
    let mut chars = text.chars().skip(start);
    let part: String = chars.by_ref().take(at - start + AFTER).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if chars.next().is_some() { "…" } else { "" };
    format!("{before}{part}{after}")
}

fn in_value(what: &str, old: &impl Serialize, new: &impl Serialize) -> String {
    let json = |value: Result<String, _>| value.unwrap_or_else(|_: serde_json::Error| "?".into());
    let (old, new) = (serde_json::to_string(old), serde_json::to_string(new));
    format!(
        "the {what} differ: it has {}, recorded {}",
        json(new),
        json(old)
    )
}
