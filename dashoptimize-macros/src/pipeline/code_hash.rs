//! A hash of the source code of a pipeline.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A hash of these tokens, which is the same on every machine and for every compiler. It does not depend on
/// comments and white space.
pub(super) fn code_hash(tokens: TokenStream) -> String {
    let mut hash = Fnv::new();
    hash.tokens(tokens);
    format!("{:016x}", hash.0)
}

/// FNV-1a (Fowler, Noll, Vo) of 64 bits. What it guards against is a change that was forgotten and not one that
/// is meant to be hidden.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        // Such a group is made by other macros and has no text.
                        Delimiter::None => ("", ""),
                    };
                    self.text(open);
                    self.tokens(group.stream());
                    self.text(close);
                }
                token => self.text(&token.to_string()),
            }
        }
    }

    /// The bytes of a token, and one that is in no token.
    fn text(&mut self, text: &str) {
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::code_hash;

    fn hash(code: &str) -> String {
        code_hash(code.parse().expect("tokens"))
    }

    #[test]
    fn comments_and_white_space_do_not_count() {
        let hash_of_one = hash("let a = search(query.text, 3)?; a");
        assert_eq!(
            hash("let a = search(query . text,\n 3)?; /* all */ a // end"),
            hash_of_one
        );
        assert_eq!(hash_of_one, "cf427436003b72ee");
    }

    #[test]
    fn every_token_counts() {
        let codes = [
            "a(1)", "a(2)", "a[1]", "a{1}", "b(1)", "a(1);", "ab(1)", "a b(1)", "a.b", "a..b",
        ];
        let mut hashes: Vec<String> = codes.map(hash).into();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), codes.len());
    }
}
