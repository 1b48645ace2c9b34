//! A chain as the user wrote it: stages between `>>`.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::Path;
use syn::parse::{ParseStream, Parser};

use super::settings::Setting;
use crate::diagnostics::Diagnostics;
use crate::options::within;

/// `A { … } >> B { … }`
pub(super) struct Chain {
    /// The stages that could be read.
    pub(super) stages: Vec<Stage>,
}

/// `RandomSearch { seeds: -3..3 }`
pub(super) struct Stage {
    /// The type of the optimizer.
    pub(super) optimizer: Path,
    /// The settings that could be read.
    pub(super) settings: Vec<Setting>,
}

const STAGE: &str = "an optimizer and its settings, as in `RandomSearch { seeds: -3..3 }`";

impl Chain {
    /// Reads each stage separately, so that a mistake in one does not affect the others.
    pub(super) fn parse(tokens: TokenStream, errors: &mut Diagnostics) -> Self {
        let (pieces, arrows) = split(tokens);
        let mut stages = Vec::new();
        for (index, piece) in pieces.into_iter().enumerate() {
            if !piece.is_empty() {
                stages.extend(Stage::parse(piece, errors));
                continue;
            }
            // After the arrow that nothing follows, or otherwise before the first one.
            let (arrow, side) = match index.checked_sub(1) {
                Some(before) => (arrows.get(before), "after"),
                None => (arrows.first(), "before"),
            };
            if let Some(arrow) = arrow {
                errors.under(
                    arrow,
                    format!("a stage is missing {side} this; write {STAGE}"),
                );
            }
        }
        Self { stages }
    }
}

impl Stage {
    fn parse(piece: TokenStream, errors: &mut Diagnostics) -> Option<Self> {
        let last = piece.clone().into_iter().last();
        let last = last.map_or_else(Span::call_site, |token| token.span());
        let parser = |input: ParseStream<'_>| {
            let start = input.span();
            let optimizer = input
                .parse()
                .map_err(|_| syn::Error::new(start, format!("a stage is {STAGE}")))?;
            let settings = settings(input, errors)?;
            Ok(Self {
                optimizer,
                settings,
            })
        };
        let parsed = parser.parse2(piece);
        let parsed = parsed.map_err(|error| within(&error, last));
        errors.keep(parsed)
    }
}

/// What follows the name of an optimizer: its settings in braces, or nothing.
fn settings(input: ParseStream<'_>, errors: &mut Diagnostics) -> syn::Result<Vec<Setting>> {
    if input.is_empty() {
        return Ok(Vec::new());
    }
    let group: Group = match input.parse()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => group,
        TokenTree::Group(group) => {
            let message = format!("settings are written in braces; a stage is {STAGE}");
            return Err(syn::Error::new(group.span(), message));
        }
        other => return Err(syn::Error::new(other.span(), ANOTHER)),
    };
    let settings = Setting::list(group.stream(), errors);
    match input.is_empty() {
        true => Ok(settings),
        false => Err(input.error(ANOTHER)),
    }
}

const ANOTHER: &str = "a stage ends before this; write `>>` between stages";

/// The pieces between the arrows, and the arrows. The ends of generics are not arrows.
fn split(tokens: TokenStream) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let mut pieces = vec![TokenStream::new()];
    let mut arrows = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    let mut open = 0_usize;
    while let Some(token) = tokens.next() {
        let is_end = is_punct(&token, '>');
        if open == 0
            && is_end
            && let Some(second) = tokens.next_if(|next| is_punct(next, '>'))
        {
            arrows.push(TokenStream::from_iter([token, second]));
            pieces.push(TokenStream::new());
            continue;
        }
        open += usize::from(is_punct(&token, '<'));
        open = open.saturating_sub(usize::from(is_end));
        if let Some(piece) = pieces.last_mut() {
            piece.extend([token]);
        }
    }
    (pieces, arrows)
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// Whether tokens are meant as a chain of optimizers: they start with a path or an arrow, and not with
/// a call.
pub(crate) fn is_chain(tokens: &TokenStream) -> bool {
    let (pieces, arrows) = split(tokens.clone());
    let is_call = |input: ParseStream<'_>| {
        input.parse::<Path>()?;
        let is_call = input.peek(syn::token::Paren);
        input.parse::<TokenStream>()?;
        Ok(is_call)
    };
    match pieces.into_iter().next() {
        Some(first) if first.is_empty() => !arrows.is_empty(),
        Some(first) => match is_call.parse2(first) {
            Ok(is_call) => !is_call || !arrows.is_empty(),
            Err(_) => false,
        },
        None => false,
    }
}
