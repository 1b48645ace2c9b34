//! The text of a reply, which grows token by token.

/// The bytes of a reply so far, and the texts that end it.
#[derive(Debug)]
pub(crate) struct ReplyText {
    bytes: Vec<u8>,
    stops: Vec<String>,
}

impl ReplyText {
    /// An empty text that ends before the first of `stops` that occurs in it. Empty stops are ignored.
    pub(crate) fn new(stops: &[String]) -> Self {
        let stops = stops.iter().filter(|stop| !stop.is_empty());
        Self {
            bytes: Vec::new(),
            stops: stops.cloned().collect(),
        }
    }

    /// Adds the bytes of a token. Returns whether the text has ended; then the stop is cut off, which
    /// may have started many tokens before.
    pub(crate) fn push(&mut self, token: &[u8]) -> bool {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(token);
        let found = self.stops.iter().filter_map(|stop| {
            let start = (before + 1).saturating_sub(stop.len());
            let at = position(&self.bytes[start..], stop.as_bytes())?;
            Some(start + at)
        });
        match found.min() {
            Some(end) => {
                self.bytes.truncate(end);
                true
            }
            None => false,
        }
    }

    /// The text. An incomplete character at its end is left out.
    pub(crate) fn finish(&self) -> String {
        let whole = match std::str::from_utf8(&self.bytes) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.bytes.len(),
        };
        String::from_utf8_lossy(&self.bytes[..whole]).into_owned()
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stops: &[&str], tokens: &[&[u8]]) -> (String, bool) {
        let stops: Vec<_> = stops.iter().map(|&stop| stop.to_owned()).collect();
        let mut text = ReplyText::new(&stops);
        let ended = tokens.iter().any(|token| text.push(token));
        (text.finish(), ended)
    }

    #[test]
    fn a_stop_is_found_across_tokens() {
        let tokens: [&[u8]; 4] = [b"one [[", b" ##", b" two", b" three"];
        assert_eq!(read(&["[[ ## t"], &tokens), ("one ".into(), true));
        assert_eq!(
            read(&["[[ ## x"], &tokens),
            ("one [[ ## two three".into(), false)
        );
    }

    #[test]
    fn the_first_of_several_stops_counts() {
        assert_eq!(read(&["c", "ab", ""], &[b"xabc"]), ("x".into(), true));
    }

    #[test]
    fn characters_over_several_tokens_are_whole() {
        let city = "Zürich 🏔".as_bytes();
        let tokens: Vec<_> = city.chunks(1).collect();
        assert_eq!(read(&[], &tokens), ("Zürich 🏔".into(), false));
        assert_eq!(read(&[], &tokens[..2]).0, "Z");
        assert_eq!(read(&[], &tokens[..tokens.len() - 1]).0, "Zürich ");
        assert_eq!(read(&[], &[b"a\xFFb"]).0, "a\u{FFFD}b");
        assert_eq!(read(&["ü"], &tokens), ("Z".into(), true));
    }
}
