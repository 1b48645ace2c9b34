//! Whether a text repeats a row.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The base of the hash of a window.
const BASE: u64 = 0x0000_0100_0000_01b3;

/// A text in which copies are looked for, by its windows of a set number of characters.
pub(super) struct Windows {
    chars: Vec<char>,
    size: usize,
    starts: HashMap<u64, Vec<usize>>,
}

impl Windows {
    /// The windows of a text.
    pub(super) fn of(text: &str, size: usize) -> Self {
        let chars = normalized(text);
        let mut starts: HashMap<u64, Vec<usize>> = HashMap::new();
        each_window(&chars, size, |start, hash| {
            starts.entry(hash).or_default().push(start);
            None::<()>
        });
        Self {
            chars,
            size,
            starts,
        }
    }

    /// Whether the text is too short to repeat anything.
    pub(super) fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The first window that another text shares, unless it is in one of the allowed texts.
    pub(super) fn shared_with(&self, other: &str, allowed: &[String]) -> Option<String> {
        let other = normalized(other);
        each_window(&other, self.size, |start, hash| {
            let window = &other[start..start + self.size];
            let starts = self.starts.get(&hash)?;
            let mut here = starts.iter().map(|at| &self.chars[*at..*at + self.size]);
            here.any(|mine| mine == window).then_some(())?;
            let window: String = window.iter().collect();
            (!allowed.iter().any(|text| text.contains(&window))).then_some(window)
        })
    }
}

/// The text with single spaces for all white space, as copies are compared.
pub(super) fn one_space(text: &str) -> String {
    normalized(text).into_iter().collect()
}

fn normalized(text: &str) -> Vec<char> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().collect()
}

/// Calls `found` with the start and the hash of each window, until it gives a result. It takes time linear in
/// the length of the text.
fn each_window<T>(
    chars: &[char],
    size: usize,
    mut found: impl FnMut(usize, u64) -> Option<T>,
) -> Option<T> {
    if size == 0 || chars.len() < size {
        return None;
    }
    let leaves = (1..size).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut hash = 0_u64;
    for (index, char) in chars.iter().enumerate() {
        if let Some(gone) = index.checked_sub(size) {
            hash = hash.wrapping_sub(u64::from(chars[gone]).wrapping_mul(leaves));
        }
        hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(*char));
        if index + 1 >= size {
            let result = found(index + 1 - size, hash);
            if result.is_some() {
                return result;
            }
        }
    }
    None
}

/// All texts of a row.
pub(super) fn texts(fields: &Map<String, Value>) -> Vec<&str> {
    let mut texts = Vec::new();
    let mut waiting: Vec<&Value> = fields.values().collect();
    while let Some(value) = waiting.pop() {
        match value {
            Value::String(text) => texts.push(text.as_str()),
            Value::Array(items) => waiting.extend(items),
            Value::Object(entries) => waiting.extend(entries.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    texts
}
