//! The statements of a block, cut apart by tokens before anything is parsed, so that a half-typed step
//! neither hides the mistakes in the others nor takes completion away from them.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The statements with their `;`. One that starts with `while`, `for`, `loop`, `if`, `match` or braces ends
/// with its last braces. A `let` where there can be none starts the next statement: the `;` before it is
/// missing.
pub(super) fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut pieces: Vec<Vec<TokenTree>> = vec![Vec::new()];
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if starts_anew(pieces.last(), &token) {
            pieces.push(Vec::new());
        }
        let ends = ends(pieces.last(), &token, tokens.peek());
        if let Some(piece) = pieces.last_mut() {
            piece.push(token);
        }
        if ends {
            pieces.push(Vec::new());
        }
    }
    pieces.retain(|piece| !is_empty(piece));
    pieces
        .into_iter()
        .map(|piece| piece.into_iter().collect())
        .collect()
}

fn is_empty(piece: &[TokenTree]) -> bool {
    piece
        .iter()
        .all(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'))
}

fn starts_anew(piece: Option<&Vec<TokenTree>>, token: &TokenTree) -> bool {
    let is_let = matches!(token, TokenTree::Ident(ident) if ident == "let");
    let before = piece.and_then(|piece| piece.last());
    match before {
        // `if let`, `while let`, `&& let`, and the attributes of a `let`.
        Some(TokenTree::Ident(ident)) => is_let && ident != "if" && ident != "while",
        Some(TokenTree::Punct(punct)) => is_let && punct.as_char() != '&',
        Some(TokenTree::Group(group)) => is_let && group.delimiter() != Delimiter::Bracket,
        Some(TokenTree::Literal(_)) => is_let,
        None => false,
    }
}

fn ends(piece: Option<&Vec<TokenTree>>, token: &TokenTree, next: Option<&TokenTree>) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => {
            let is_body = group.delimiter() == Delimiter::Brace
                && piece.is_some_and(|piece| is_like_a_block(piece));
            is_body && !next.is_some_and(continues)
        }
        _ => false,
    }
}

/// Whether a statement goes on behind these braces: `else`, `in` and `=` stand behind those of a pattern.
fn continues(next: &TokenTree) -> bool {
    match next {
        TokenTree::Ident(word) => word == "else" || word == "in",
        TokenTree::Punct(sign) => ['.', '?', '=', ';', '|', '&'].contains(&sign.as_char()),
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}

/// Whether it starts, after its attributes, with what needs no `;` at its end.
fn is_like_a_block(piece: &[TokenTree]) -> bool {
    let mut tokens = piece.iter();
    loop {
        match tokens.next() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == '#' => drop(tokens.next()),
            // `'outer:`
            Some(TokenTree::Punct(punct)) if punct.as_char() == '\'' => drop(tokens.nth(1)),
            Some(TokenTree::Ident(word)) => {
                return ["while", "for", "loop", "if", "match", "unsafe"]
                    .iter()
                    .any(|known| word == known);
            }
            // The braces themselves are the token that may end it.
            None => return true,
            Some(_) => return false,
        }
    }
}
