//! Steps inside a step that cannot be read as a whole.
//!
//! `for passage in passages { let half = ; let sum = …; … }` is not an expression while `half` is being
//! typed. The bodies of such a step are put away, so that the rest can be read, and then each body by
//! itself:
//!
//! ```text
//! for passage in passages { __steps!{ let half = ; let sum = …; … } }
//! match query.kind { Kind::Hard => __steps!{ half. }, Kind::Simple => __steps!{ … }, }
//! Researcher { question } || __steps!{ half. }
//! ```

use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Expr;

use super::flow::{is_flow, whole};
use super::put_away::put_away;
use crate::editor::without_marker;
use crate::options::Inside;

/// The expression with its bodies put away, if that makes one of it.
pub(super) fn parse(tokens: TokenStream) -> Option<Expr> {
    let mut alternatives = alternatives(&tokens);
    let is_empty = |tokens: &TokenStream| without_marker(tokens.clone()).is_empty();
    let starts_with_steps = alternatives[0].clone().into_iter().any(is_braces);
    if alternatives.iter().any(is_empty) || !starts_with_steps {
        alternatives = vec![tokens];
    }
    match &alternatives[..] {
        [alone] => with_steps(alone),
        several => {
            let several = several.iter().map(alternative);
            whole(&quote!(#(#several)||*)).ok()
        }
    }
}

fn with_steps(tokens: &TokenStream) -> Option<Expr> {
    let expr = whole(&with_bodies_put_away(tokens.clone())).ok()?;
    (is_flow(&expr) || matches!(expr, Expr::Block(_))).then_some(expr)
}

/// One alternative of a fallback, which is put away as a whole if it has no steps inside.
fn alternative(tokens: &TokenStream) -> TokenStream {
    match whole(tokens) {
        Ok(_) => tokens.clone(),
        Err(_) => match with_steps(tokens) {
            Some(expr) => expr.into_token_stream(),
            None => put_away(tokens.clone()),
        },
    }
}

/// The alternatives of a fallback.
fn alternatives(tokens: &TokenStream) -> Vec<TokenStream> {
    let mut alternatives = vec![TokenStream::new()];
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        if is_joint(&token, '|') && tokens.next_if(|next| is(next, '|')).is_some() {
            alternatives.push(TokenStream::new());
        } else if let Some(alternative) = alternatives.last_mut() {
            alternative.extend([token]);
        }
    }
    alternatives
}

/// What the next braces are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Part of the pattern of a `for`.
    Item,
    /// Part of the pattern of an `if let`.
    Pattern,
    Body,
    Arms,
}

fn with_bodies_put_away(tokens: TokenStream) -> TokenStream {
    let mut read = TokenStream::new();
    let mut next: Vec<Next> = Vec::new();
    let mut before: Option<TokenTree> = None;
    for token in tokens {
        let after = |word: &str| matches!(&before, Some(TokenTree::Ident(ident)) if ident == word);
        let token = match token {
            TokenTree::Ident(word) => {
                match word.to_string().as_str() {
                    "for" => next.push(Next::Item),
                    "in" if next.last() == Some(&Next::Item) => replace(&mut next, Next::Body),
                    "if" if after("else") => {}
                    "if" | "else" => next.push(Next::Body),
                    "let" if after("if") => replace(&mut next, Next::Pattern),
                    "match" => next.push(Next::Arms),
                    _ => {}
                }
                TokenTree::Ident(word)
            }
            TokenTree::Punct(sign) => {
                let is_equals = sign.as_char() == '=' && sign.spacing() == Spacing::Alone;
                let ends = is_equals && !before.as_ref().is_some_and(is_part_of_a_sign);
                if ends && next.last() == Some(&Next::Pattern) {
                    replace(&mut next, Next::Body);
                }
                TokenTree::Punct(sign)
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                // Those inside a head stay as they are.
                let is_outer = next.len() < 2;
                let is_first = before.is_none();
                let braces = match next.last() {
                    Some(Next::Item | Next::Pattern) => None,
                    Some(_) => next.pop().filter(|_| is_outer),
                    None => is_first.then_some(Next::Body),
                };
                TokenTree::Group(match braces {
                    Some(Next::Arms) => with_content(&group, arms(group.stream())),
                    Some(_) => with_content(&group, put_away(group.stream())),
                    None => group,
                })
            }
            token => token,
        };
        read.extend([token.clone()]);
        before = Some(token);
    }
    read
}

fn replace(next: &mut [Next], with: Next) {
    if let Some(last) = next.last_mut() {
        *last = with;
    }
}

fn with_content(group: &Group, content: TokenStream) -> Group {
    let mut new = Group::new(group.delimiter(), content);
    new.set_span(group.span());
    new
}

/// The arms of a `match`, each body put away.
fn arms(tokens: TokenStream) -> TokenStream {
    let mut read = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while tokens.peek().is_some() {
        read.extend(pattern(&mut tokens));
        let body = arm_body(&mut tokens);
        let body = put_away(body);
        read.extend(quote!(#body,));
    }
    read
}

/// A pattern, its guard, and the arrow.
fn pattern(tokens: &mut Peekable<IntoIter>) -> TokenStream {
    let mut pattern = TokenStream::new();
    while let Some(token) = tokens.next() {
        let arrow = match is_joint(&token, '=') {
            true => tokens.next_if(|next| is(next, '>')),
            false => None,
        };
        let ends = arrow.is_some();
        pattern.extend([token]);
        pattern.extend(arrow);
        if ends {
            break;
        }
    }
    pattern
}

/// Everything up to the comma, or to the end of braces that need none.
fn arm_body(tokens: &mut Peekable<IntoIter>) -> TokenStream {
    let mut body = TokenStream::new();
    let mut inside = Inside::default();
    let needs_no_comma = tokens.peek().is_some_and(begins_with_braces);
    while let Some(token) = tokens.next() {
        inside.pass(&token);
        if is(&token, ',') && !inside.is_any() {
            return body;
        }
        let may_end = needs_no_comma && is_braces(token.clone());
        body.extend([token]);
        if may_end && !tokens.peek().is_some_and(continues) {
            break;
        }
    }
    tokens.next_if(|next| is(next, ','));
    body
}

fn begins_with_braces(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => ident == "if" || ident == "match" || ident == "for",
        token => is_braces(token.clone()),
    }
}

/// Whether an expression continues after its braces.
fn continues(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => ident == "else" || ident == "in",
        TokenTree::Punct(punct) => ['.', '?', '='].contains(&punct.as_char()),
        token => is_braces(token.clone()),
    }
}

fn is_braces(token: TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_joint(token: &TokenTree, sign: char) -> bool {
    is(token, sign) && is_part_of_a_sign(token)
}

fn is_part_of_a_sign(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without spaces, and the tokens that were put away in angle quotes.
    fn read(text: &str) -> Option<String> {
        let tokens: TokenStream = text.parse().expect("tokens");
        let read = parse(tokens)?.into_token_stream().to_string();
        Some(read.replace(' ', "").replace("__steps!", "@"))
    }

    #[test]
    fn bodies_are_put_away_and_heads_are_not() {
        for (text, expected) in [
            ("for P { a } in list { b.; a }", "forP{a}inlist{@{b.;a}}"),
            (
                "if let P { a } = b { c. } else if d == e { f } else { g }",
                "ifletP{a}=b{@{c.}}elseifd==e{@{f}}else{@{g}}",
            ),
            ("{ let a = ; a }", "{@{leta=;a}}"),
            (
                "match a { P { b, .. } if b >= c => f::<X, Y>(|d, e| 1), _ => g. }",
                "matcha{P{b,..}ifb>=c=>@{f::<X,Y>(|d,e|1)},_=>@{g.},}",
            ),
            (
                "match a { B | C => { 1 } D => if e { 2 } else { 3 } _ => for f in g { h }, }",
                "matcha{B|C=>@{{1}},D=>@{ife{2}else{3}},_=>@{forfing{h}},}",
            ),
            (
                "Node { a } || b. || { c.; d } || Node { a: f(|| 1) }",
                "Node{a}||@{b.}||{@{c.;d}}||Node{a:f(||1)}",
            ),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_has_no_steps_inside_is_left() {
        for text in [
            "a.",
            "f(b., c)",
            "Node { a: b. }",
            "match b { C => d. } + e",
            "|| a.",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
