//! New inputs made of old ones.

use super::random::Random;

/// The longest input. The growth of the time is measured up to 60 KB.
const LONGEST: usize = 60 << 10;

/// Bytes that readers trip over, whatever they read.
const WORDS: [&str; 48] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "`",
    "```",
    "\"\"\"",
    "“",
    "”",
    "‘",
    ":",
    ",",
    "\\",
    "\\u",
    "\\ud83d",
    "\\f",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "é",
    "e\u{301}",
    "🦀",
    "１",
    "：",
    "//",
    "/*",
    "#",
    "-",
    "--",
    "+",
    "0",
    "1.0",
    "1e999",
    "18446744073709551616",
    "0x2A",
    "1_0",
    "null",
    "true",
    "None",
    "NaN",
    " ",
    "(",
];

/// A mutation of one of the inputs.
pub(crate) fn mutated(inputs: &[Vec<u8>], words: &[&str], random: &mut Random) -> Vec<u8> {
    let mut bytes = random.one_of(inputs).cloned().unwrap_or_default();
    for _ in 0..=random.below(5) {
        mutate(&mut bytes, inputs, words, random);
        bytes.truncate(LONGEST);
    }
    bytes
}

fn mutate(bytes: &mut Vec<u8>, inputs: &[Vec<u8>], words: &[&str], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = (at + random.below(64)).min(bytes.len());
    match random.below(10) {
        0 => insert(bytes, at, word(words, random)),
        1 => {
            bytes.splice(at..end, word(words, random));
        }
        2 => {
            bytes.drain(at..end);
        }
        3 => bytes.truncate(at),
        // A piece many times over: what makes a reader slow or deep.
        4 => {
            let piece = bytes[at..end].to_vec();
            insert(bytes, at, repeated(&piece, random));
        }
        5 => {
            let piece = word(words, random);
            insert(bytes, at, repeated(&piece, random));
        }
        6 => {
            let other = random.one_of(inputs).cloned().unwrap_or_default();
            let from = random.below(other.len() + 1);
            let to = (from + random.below(256)).min(other.len());
            insert(bytes, at, other[from..to].to_vec());
        }
        7 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = u8::try_from(random.below(256)).unwrap_or_default();
            }
        }
        // A piece in brackets of one kind.
        8 => {
            let pairs = [
                ("{\"a\":", "}"),
                ("[", "]"),
                ("\"", "\""),
                ("(", ")"),
                ("<think>", "</think>"),
            ];
            if let Some((open, close)) = random.one_of(&pairs) {
                let depth = 1 + random.below(200);
                insert(bytes, end, close.repeat(depth).into());
                insert(bytes, at, open.repeat(depth).into());
            }
        }
        _ => bytes[at..end].reverse(),
    }
}

fn word(words: &[&str], random: &mut Random) -> Vec<u8> {
    let of_target = random.below(2) == 0;
    let words = if of_target && !words.is_empty() {
        words
    } else {
        &WORDS
    };
    random
        .one_of(words)
        .map(|word| word.as_bytes().to_vec())
        .unwrap_or_default()
}

fn repeated(piece: &[u8], random: &mut Random) -> Vec<u8> {
    let most = match random.below(4) {
        0 => LONGEST / piece.len().max(1),
        _ => 40,
    };
    piece.repeat(random.below(most + 1))
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: Vec<u8>) {
    bytes.splice(at..at, piece);
}

/// The input over and over, up to a length.
pub(crate) fn cycled(bytes: &[u8], length: usize) -> Vec<u8> {
    bytes.iter().copied().cycle().take(length).collect()
}
