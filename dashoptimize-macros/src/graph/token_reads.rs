//! The names that code reads.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use quote::quote;
use syn::Expr;

use super::code_reads::code_reads;
use super::loose_reads::loose_reads;
use super::names::plain;
use super::read::{How, Read};

/// The names that code reads.
pub(crate) fn reads(tokens: &TokenStream) -> Vec<Read> {
    if let Some(ident) = field_of(tokens) {
        return vec![Read {
            name: plain(&ident),
            span: ident.span(),
            how: How::Value,
        }];
    }
    // `.trim()?` continues an expression.
    let parsed = syn::parse2::<Expr>(tokens.clone())
        .or_else(|_| syn::parse2(quote!(__made #tokens)))
        .map(|expr| code_reads(&expr));
    let mut found = parsed.unwrap_or_else(|_| loose_reads(tokens));
    found.retain(|read| read.name != "__made");
    found
}

/// Words that an expression can start with or be, and that name no value.
const NO_NAMES: [&str; 10] = [
    "_", "break", "continue", "crate", "false", "return", "self", "Self", "super", "true",
];

/// The name at the root of `draft` or `draft.text`: most of what is read, which need not be parsed.
fn field_of(tokens: &TokenStream) -> Option<Ident> {
    let mut tokens = tokens.clone().into_iter();
    let Some(TokenTree::Ident(root)) = tokens.next() else {
        return None;
    };
    if NO_NAMES.iter().any(|word| root == word) {
        return None;
    }
    loop {
        match (tokens.next(), tokens.next()) {
            (None, _) => return Some(root),
            (Some(TokenTree::Punct(dot)), Some(TokenTree::Ident(_) | TokenTree::Literal(_)))
                if dot.as_char() == '.' && dot.spacing() == Spacing::Alone => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::Pat;
    use syn::parse::Parser;

    use super::*;
    use crate::graph::names::bound;

    fn read(code: &str) -> Vec<String> {
        let tokens = code.parse().expect("tokens");
        reads(&tokens).into_iter().map(|read| read.name).collect()
    }

    #[test]
    fn values_are_read_and_all_else_is_not() {
        for (code, expected) in [
            ("search(query.text, top_k)", "search query top_k"),
            ("query", "query"),
            ("pair.0.text", "pair"),
            ("true", ""),
            ("return", ""),
            ("0..n", "n"),
            ("query.text.await", "query"),
            ("a::b(c) + d::E", "c"),
            ("Answer { text: draft.text, notes }", "draft notes"),
            ("x.map(|y| y.len() + z).unwrap()", "x z"),
            ("x.map(|(y, Some(w)): (u8, A)| f(y, w, v))", "x f v"),
            ("0..n", "n"),
            ("a != b", "a b"),
            (".trim(a)?", "a"),
            ("{ let a = b; let (c, d) = a; fn g() {} c + d + g() }", "b"),
            ("if let Some(a) = b && a > c { a } else { d }", "b c d"),
            ("match a { Some(b) if b > c => b, e => f.g }", "a c f"),
            ("for a in b { while a < c { d } }", "b c d"),
            ("async move { loop { break a } }", "a"),
            ("T { a, ..b }", "a b"),
        ] {
            assert_eq!(read(code).join(" "), expected, "{code}");
        }
    }

    #[test]
    fn only_the_first_text_of_a_formatting_macro_is_a_format_string() {
        for (code, expected) in [
            ("format!(\"{question} {}\", n)", "n question"),
            ("format!(\"{{answer}}: {question}\")", "question"),
            ("format!(\"{n} items\", n = question.len())", "question"),
            ("format!(\"{}\", \"{a}\")", ""),
            ("write!(out, \"{a}\")", "out a"),
            ("T.replace(\"{answer}\", &question)", "T question"),
            ("vec![\"{a}\", b]", "b"),
            ("vec![a; n]", "a n"),
            ("matches!(a, Some(b) if b > c)", "a c"),
            ("json!({ \"q\": question, \"{a}\": b })", "question b"),
            ("bail!(\"no {question}\")", "question"),
            ("assert!(a > b, \"{c}\")", "a b c"),
        ] {
            assert_eq!(read(code).join(" "), expected, "{code}");
        }
    }

    #[test]
    fn patterns_bind_what_they_name() {
        let bound = |pat: &str| -> Vec<String> {
            let pat = Pat::parse_multi.parse_str(pat).expect("a pattern");
            bound(&pat).iter().map(ToString::to_string).collect()
        };
        assert_eq!(bound("Kind::Other(text)"), ["text"]);
        assert_eq!(bound("(a, mut b)"), ["a", "b"]);
        assert_eq!(bound("P { x, y: z, .. }"), ["x", "z"]);
        assert_eq!(bound("A | B"), [""; 0]);
        assert_eq!(bound("Some(n @ 1..=3)"), ["n"]);
    }
}
