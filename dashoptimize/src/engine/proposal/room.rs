//! How much a proposer is shown, and what is left out where it is too much.

use std::borrow::Cow;

use super::rules::tokens;

/// What stands between two blocks.
const BETWEEN: &str = "\n\n";

/// How many tokens of material one call of a proposer has room for.
///
/// An optimizer builds the input of its proposer from blocks of text, such as rows, traces or earlier
/// instructions with their scores, and [`fit`](Self::fit)s them into the room. The rule is the same for all
/// optimizers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    tokens: usize,
}

impl Room {
    /// Room for this many tokens, each of 4 bytes.
    #[must_use]
    pub const fn of(tokens: usize) -> Self {
        Self { tokens }
    }

    /// How many tokens there is room for.
    #[must_use]
    pub const fn tokens(self) -> usize {
        self.tokens
    }

    /// An equal part of the room, such as one of 3 for a prompt with three lists; 0 counts as 1.
    #[must_use]
    pub const fn one_of(self, parts: usize) -> Self {
        match parts {
            0 => self,
            _ => Self::of(self.tokens / parts),
        }
    }

    /// The blocks in their order, with an empty line between them, as far as there is room.
    ///
    /// - A block that is longer than a quarter of the room, or than all of it if it is the only one, loses its
    ///   middle. In its place stands how many characters are left out.
    /// - Blocks are kept from the first on. From the first that does not fit, all are left out, and a last line
    ///   says how many. So the most important block must be the first.
    ///
    /// ```
    /// use dashoptimize::engine::Room;
    ///
    /// let blocks = ["one", "two", "four", "five"];
    /// assert_eq!(Room::of(100).fit(blocks), "one\n\ntwo\n\nfour\n\nfive");
    /// assert_eq!(Room::of(4).fit(blocks), "one\n\ntwo\n\n(2 more are left out)");
    /// ```
    #[must_use]
    pub fn fit<B: AsRef<str>>(self, blocks: impl IntoIterator<Item = B>) -> String {
        let blocks: Vec<B> = blocks.into_iter().collect();
        let mut shown = self.shown(blocks.iter());
        let left_out = blocks.len() - shown.len();
        shown.extend(left_out_line("more", left_out).map(Cow::Owned));
        shown.join(BETWEEN)
    }

    /// As [`fit`](Self::fit), except that blocks are kept from the last on, and a first line says how many
    /// are left out before them.
    #[must_use]
    pub fn fit_last<B: AsRef<str>>(self, blocks: impl IntoIterator<Item = B>) -> String {
        let blocks: Vec<B> = blocks.into_iter().collect();
        let mut shown = self.shown(blocks.iter().rev());
        let left_out = blocks.len() - shown.len();
        shown.extend(left_out_line("earlier", left_out).map(Cow::Owned));
        shown.reverse();
        shown.join(BETWEEN)
    }

    fn shown<'b, B: AsRef<str> + 'b>(
        self,
        blocks: impl ExactSizeIterator<Item = &'b B>,
    ) -> Vec<Cow<'b, str>> {
        let most = match blocks.len() {
            1 => self.tokens,
            _ => self.tokens / 4,
        };
        let mut left = self.tokens;
        let fits = |block: Cow<'b, str>| {
            left = left.checked_sub(tokens(&block))?;
            left = left.saturating_sub(tokens(BETWEEN));
            Some(block)
        };
        let blocks = blocks.map(|block| without_middle(block.as_ref(), most));
        blocks.map_while(fits).collect()
    }
}

fn left_out_line(which: &str, left_out: usize) -> Option<String> {
    match left_out {
        0 => None,
        1 => Some(format!("(1 {which} is left out)")),
        _ => Some(format!("({left_out} {which} are left out)")),
    }
}

/// A text of at most this many tokens: its middle is left out if it is longer, unless what says so would not
/// be shorter.
fn without_middle(text: &str, most: usize) -> Cow<'_, str> {
    if tokens(text) <= most {
        return Cow::Borrowed(text);
    }
    // The mark takes a part of the room.
    const MARK: usize = 48;
    let half = (most * 4).saturating_sub(MARK) / 2;
    let (start, end) = (floor(text, half), ceil(text, text.len() - half));
    let left_out = text[start..end].chars().count();
    let shorter = format!(
        "{}\n[… {left_out} characters are left out …]\n{}",
        &text[..start],
        &text[end..]
    );
    match shorter.len() < text.len() {
        true => Cow::Owned(shorter),
        false => Cow::Borrowed(text),
    }
}

/// The nearest boundary of characters at or before this byte.
fn floor(text: &str, mut byte: usize) -> usize {
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

/// The nearest boundary of characters at or after this byte.
fn ceil(text: &str, mut byte: usize) -> usize {
    while !text.is_char_boundary(byte) {
        byte += 1;
    }
    byte
}
