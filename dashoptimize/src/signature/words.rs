//! Text that is built at compile time as well as at run time.
//!
//! A `const fn` can neither allocate nor format. Text that is needed in constants is therefore added
//! piece by piece, and is stored in a buffer, compared with another text, or hashed.

/// Receives text piece by piece.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    sink: Sink<'a>,
    /// Number of bytes added so far, including those that did not fit into the buffer.
    length: usize,
}

#[derive(Debug)]
enum Sink<'a> {
    /// Stores the text as far as it fits.
    Buffer(&'a mut [u8]),
    /// Compares the text with these bytes.
    Expected { bytes: &'a [u8], differs: bool },
    /// Hashes the text with FNV-1a.
    Hash(u64),
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

impl<'a> Words<'a> {
    /// Stores the text in this buffer.
    pub(crate) const fn kept(buffer: &'a mut [u8]) -> Self {
        Self {
            sink: Sink::Buffer(buffer),
            length: 0,
        }
    }

    /// Compares the text with this one.
    pub(crate) const fn expected(text: &'a str) -> Self {
        Self {
            sink: Sink::Expected {
                bytes: text.as_bytes(),
                differs: false,
            },
            length: 0,
        }
    }

    /// Hashes the text.
    pub(crate) const fn hashed() -> Self {
        Self {
            sink: Sink::Hash(FNV_OFFSET),
            length: 0,
        }
    }

    /// Adds a text.
    pub(crate) const fn push(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    /// Adds a text given as bytes.
    pub(crate) const fn push_bytes(&mut self, bytes: &[u8]) {
        let mut i = 0;
        while i < bytes.len() {
            self.push_byte(bytes[i]);
            i += 1;
        }
    }

    /// Adds a byte.
    pub(crate) const fn push_byte(&mut self, byte: u8) {
        match &mut self.sink {
            Sink::Buffer(buffer) => {
                if self.length < buffer.len() {
                    buffer[self.length] = byte;
                }
            }
            Sink::Expected { bytes, differs } => {
                *differs |= self.length >= bytes.len() || bytes[self.length] != byte;
            }
            Sink::Hash(hash) => *hash = (*hash ^ byte as u64).wrapping_mul(FNV_PRIME),
        }
        self.length += 1;
    }

    /// Adds a whole number in decimal digits.
    pub(crate) const fn push_number(&mut self, number: i128) {
        if number < 0 {
            self.push("-");
        }
        let mut rest = number.unsigned_abs();
        let mut digits = [0; 39];
        let mut count = 0;
        loop {
            digits[count] = b'0' + (rest % 10) as u8;
            count += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        while count > 0 {
            count -= 1;
            self.push_byte(digits[count]);
        }
    }

    /// Adds a number as 16 hexadecimal digits.
    pub(crate) const fn push_hex(&mut self, number: u64) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut shift = u64::BITS;
        while shift > 0 {
            shift -= 4;
            self.push_byte(DIGITS[(number >> shift) as usize & 15]);
        }
    }

    /// Number of bytes added so far, including those that did not fit into the buffer.
    pub(crate) const fn length(&self) -> usize {
        self.length
    }

    /// Whether exactly the expected text was added.
    pub(crate) const fn are_expected(&self) -> bool {
        match &self.sink {
            Sink::Expected { bytes, differs } => !*differs && self.length == bytes.len(),
            Sink::Buffer(_) | Sink::Hash(_) => false,
        }
    }

    /// The hash of everything that was added.
    pub(crate) const fn hash(&self) -> u64 {
        match &self.sink {
            Sink::Hash(hash) => *hash,
            Sink::Buffer(_) | Sink::Expected { .. } => 0,
        }
    }
}

/// The text that `write` adds, at run time.
pub(crate) fn written(write: impl Fn(&mut Words<'_>)) -> String {
    let mut measured = Words::hashed();
    write(&mut measured);
    let mut buffer = vec![0; measured.length()];
    write(&mut Words::kept(&mut buffer));
    String::from_utf8_lossy(&buffer).into_owned()
}

/// `one == other`, also in a `const fn`.
pub(crate) const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut i = 0;
    while i < one.len() {
        if one[i] != other[i] {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_all_digits() {
        for number in [0, 7, -1, 255, i128::MIN, i128::MAX] {
            assert_eq!(
                written(|words| words.push_number(number)),
                number.to_string()
            );
        }
    }

    #[test]
    fn hexadecimal_numbers_have_all_digits() {
        for number in [0, 0x2a, u64::MAX] {
            let expected = format!("{number:016x}");
            assert_eq!(written(|words| words.push_hex(number)), expected);
        }
    }

    #[test]
    fn only_the_same_text_is_the_expected_one() {
        for (one, other) in [
            ("", ""),
            ("ab", "ab"),
            ("ab", "a"),
            ("a", "ab"),
            ("ab", "ac"),
        ] {
            let mut words = Words::expected(one);
            words.push(other);
            assert_eq!(words.are_expected(), one == other);
            assert_eq!(same(one, other), one == other);
        }
    }

    #[test]
    fn bytes_that_do_not_fit_are_counted() {
        let mut buffer = [0; 2];
        let mut words = Words::kept(&mut buffer);
        words.push("abc");
        assert_eq!(words.length(), 3);
        assert_eq!(&buffer, b"ab");
    }
}
