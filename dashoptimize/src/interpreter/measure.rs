//! Sizes of values that pass between a program and its worker.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::limits::Limits;

/// The deepest nesting of a value. JSON parsers reject values that are much deeper.
const DEEPEST: usize = 100;

/// The memory in bytes that a value takes besides that of its text.
const VALUE: usize = 64;

/// A value that cannot be passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    #[error("nested deeper than {DEEPEST} levels")]
    TooDeep,
    #[error("larger than {0} bytes")]
    TooLarge(usize),
}

/// What is left of the depth and the size of a value that is walked through.
pub(super) struct Measure {
    limit: usize,
    left: usize,
    depth: usize,
}

impl Measure {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            limit,
            left: limit,
            depth: 0,
        }
    }

    /// Counts this many bytes.
    pub(super) const fn take(&mut self, bytes: usize) -> Result<(), Unfit> {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => return Err(Unfit::TooLarge(self.limit)),
        }
        Ok(())
    }

    /// Whether this many bytes are left.
    pub(super) const fn fits(&self, bytes: usize) -> Result<(), Unfit> {
        match bytes <= self.left {
            true => Ok(()),
            false => Err(Unfit::TooLarge(self.limit)),
        }
    }

    /// Walks through the parts of a value.
    pub(super) fn inside<T>(
        &mut self,
        walk: impl FnOnce(&mut Self) -> Result<T, Unfit>,
    ) -> Result<T, Unfit> {
        if self.depth == DEEPEST {
            return Err(Unfit::TooDeep);
        }
        self.depth += 1;
        let walked = walk(self);
        self.depth -= 1;
        walked
    }

    fn add(&mut self, value: &Value) -> Result<(), Unfit> {
        self.inside(|measure| {
            measure.take(VALUE)?;
            match value {
                Value::String(text) => measure.take(text.len()),
                Value::Array(items) => items.iter().try_for_each(|item| measure.add(item)),
                Value::Object(entries) => entries.iter().try_for_each(|(key, value)| {
                    measure.take(VALUE + key.len())?;
                    measure.add(value)
                }),
                _ => Ok(()),
            }
        })
    }
}

/// Whether a value of the program can be given to code: an input, or the result of a function. It is
/// copied a few times on its way, and the limit of the memory is for all values of the code.
pub(super) fn for_code(value: &Value, limits: &Limits) -> Result<(), Unfit> {
    Measure::new(limits.memory / 8).add(value)
}

/// Whether code can be given a value as deep as this.
pub(crate) fn is_shallow(value: &Value) -> bool {
    Measure::new(usize::MAX).add(value).is_ok()
}

/// Whether the value has more bytes than this as JSON. None of it is kept.
pub(super) fn is_longer(value: &impl Serialize, limit: usize) -> bool {
    serde_json::to_writer(Room(limit), value).is_err()
}

/// A writer with room for this many bytes.
struct Room(usize);

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.0.checked_sub(bytes.len());
        self.0 = left.ok_or(io::ErrorKind::WriteZero)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The text, or so much of its beginning that it has at most `limit` bytes together with the note of how
/// much is left out.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let note = format!("… ({} bytes in all)", text.len());
    match limit.checked_sub(note.len()) {
        Some(room) => format!("{}{note}", &text[..text.floor_char_boundary(room)]),
        None => text[..text.floor_char_boundary(limit)].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn nested(depth: usize) -> Value {
        (1..depth).fold(json!([]), |inner, _| json!([inner]))
    }

    #[test]
    fn depth_and_size_are_limited() {
        let limits = Limits::default().memory(8000);
        assert_eq!(for_code(&nested(100), &Limits::default()), Ok(()));
        assert_eq!(for_code(&nested(101), &limits), Err(Unfit::TooLarge(1000)));
        assert_eq!(
            for_code(&nested(101), &Limits::default()),
            Err(Unfit::TooDeep)
        );
        assert_eq!(for_code(&json!("x".repeat(936)), &limits), Ok(()));
        for large in [
            json!("x".repeat(937)),
            json!({"x".repeat(900): 1}),
            json!(vec![0; 20]),
        ] {
            let measured = for_code(&large, &limits);
            assert_eq!(measured, Err(Unfit::TooLarge(1000)));
        }
    }

    #[test]
    fn json_is_measured_without_being_kept() {
        assert!(!is_longer(&json!("\u{1}"), 8));
        assert!(is_longer(&json!("\u{1}"), 7));
    }

    #[test]
    fn a_text_is_cut_with_a_note_if_there_is_room() {
        assert_eq!(cut("é", 2), "é");
        assert_eq!(cut("é", 1), "");
        let text = cut(&"é".repeat(50), 30);
        assert_eq!(text, "éé… (100 bytes in all)".replace("éé", &"é".repeat(4)));
        assert!(text.len() <= 30);
    }
}
