//! How much work the reading of one text may take. Without a limit, a short text of nested brackets
//! could keep the reader busy for minutes.

use std::cell::Cell;

/// How many bytes may be looked at for each byte of the text.
const PER_BYTE: usize = 16;

/// How many bytes may be looked at in any text, however short.
const AT_LEAST: usize = 1 << 14;

/// The work that was done on one text, in bytes that were looked at, and its limits. All that reads a
/// part of the text spends from the same effort.
#[derive(Debug)]
pub(crate) struct Effort {
    spent: Cell<usize>,
    most: usize,
    too_deep: Cell<bool>,
}

impl Effort {
    /// The effort for a text of this length.
    pub(crate) const fn for_length(length: usize) -> Self {
        Self {
            spent: Cell::new(0),
            most: length.saturating_mul(PER_BYTE).saturating_add(AT_LEAST),
            too_deep: Cell::new(false),
        }
    }

    /// Counts bytes that are looked at. Returns whether reading may continue.
    pub(super) fn spend(&self, bytes: usize) -> bool {
        self.spent.set(self.spent.get().saturating_add(bytes));
        !self.is_spent()
    }

    /// Whether a limit has been reached, so that nothing that is read from now on counts.
    pub(super) const fn is_spent(&self) -> bool {
        self.spent.get() > self.most || self.too_deep.get()
    }

    /// Notes that a value is nested more deeply than the reader goes.
    pub(super) fn too_deep(&self) {
        self.too_deep.set(true);
    }

    /// Which limit was reached, worded to follow the name of a field.
    pub(crate) const fn problem(&self) -> Option<&'static str> {
        if self.too_deep.get() {
            Some("cannot be read, because the JSON is nested too deeply")
        } else if self.is_spent() {
            Some("cannot be found with reasonable effort, because the text is too tangled")
        } else {
            None
        }
    }

    #[cfg(test)]
    pub(super) const fn spent(&self) -> usize {
        self.spent.get()
    }
}
