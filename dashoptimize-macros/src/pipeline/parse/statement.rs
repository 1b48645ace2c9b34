//! A statement of a block, cut into its parts.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Pat, Token, Type};

use super::work::IN_HEAD;

/// A statement with its parts cut apart, none of them read yet.
#[expect(
    clippy::large_enum_variant,
    reason = "there are few, and they live shortly"
)]
pub(super) enum Statement {
    Let(Let),
    /// The `;` may be missing at the end of a block.
    Assign {
        name: Ident,
        init: TokenStream,
        ends: bool,
    },
    While {
        condition: TokenStream,
        body: Group,
    },
    /// `return …;`, `break;`, `continue;`
    Exit {
        keyword: Ident,
        value: TokenStream,
    },
    Expr {
        tokens: TokenStream,
        semicolon: Option<Span>,
    },
}

/// `let mut name: Type = …;`, `let (a, b) = …;`, `let Some(name) = … else { … };`
pub(super) struct Let {
    pub(super) mutable: bool,
    pub(super) pat: LetPat,
    pub(super) ty: Option<Type>,
    pub(super) init: TokenStream,
    pub(super) diverge: Option<Group>,
}

pub(super) enum LetPat {
    Name(Ident),
    Other(Pat),
}

impl Statement {
    pub(super) fn parse(tokens: TokenStream) -> syn::Result<Self> {
        statement.parse2(tokens)
    }
}

fn statement(input: ParseStream<'_>) -> syn::Result<Statement> {
    if input.peek(Token![let]) {
        return let_statement(input).map(Statement::Let);
    }
    if input.peek(Token![while]) {
        return while_statement(input);
    }
    if input.peek(Token![return]) || input.peek(Token![break]) || input.peek(Token![continue]) {
        let keyword = input.call(Ident::parse_any)?;
        let value = without_semicolon(input.parse()?).0;
        return Ok(Statement::Exit { keyword, value });
    }
    not_an_item(input)?;
    if input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        let (init, semicolon) = without_semicolon(input.parse()?);
        let ends = semicolon.is_some();
        return Ok(Statement::Assign { name, init, ends });
    }
    let (tokens, semicolon) = without_semicolon(input.parse()?);
    Ok(Statement::Expr { tokens, semicolon })
}

fn not_an_item(input: ParseStream<'_>) -> syn::Result<()> {
    let is_const_block = input.peek(Token![const]) && input.peek2(syn::token::Brace);
    let starts_item = input.peek(Token![fn])
        || input.peek(Token![struct])
        || input.peek(Token![enum])
        || input.peek(Token![impl])
        || input.peek(Token![trait])
        || input.peek(Token![type])
        || input.peek(Token![use])
        || input.peek(Token![mod])
        || input.peek(Token![static]) && !input.peek2(Token![|])
        || input.peek(Token![const]) && !is_const_block;
    match starts_item {
        true => {
            Err(input.error("a pipeline holds steps and no items; move this above the pipeline"))
        }
        false => Ok(()),
    }
}

fn let_statement(input: ParseStream<'_>) -> syn::Result<Let> {
    let keyword: Token![let] = input.parse()?;
    if input.is_empty() {
        return Err(syn::Error::new(
            keyword.span,
            "name the step after this `let`",
        ));
    }
    let (mutable, pat) = pattern(input)?;
    let ty = match input.peek(Token![:]) {
        true => {
            input.parse::<Token![:]>()?;
            Some(input.parse()?)
        }
        false => None,
    };
    let (name, span) = match &pat {
        LetPat::Name(name) => (name.to_string(), name.span()),
        LetPat::Other(pat) => ("…".to_owned(), last_span(&pat.to_token_stream())),
    };
    if !input.peek(Token![=]) {
        let message = format!("what does `{name}` do? write `let {name} = …`");
        return Err(syn::Error::new(span, message));
    }
    let equals: Token![=] = input.parse()?;
    let init = until_semicolon(input)?;
    if init.is_empty() {
        let message = format!("what does `{name}` do? write it after this `=`");
        return Err(syn::Error::new(equals.span, message));
    }
    let (init, diverge) = without_else(init);
    Ok(Let {
        mutable,
        pat,
        ty,
        init,
        diverge,
    })
}

/// A name, or any other pattern; `mut` in one makes all its names mutable.
fn pattern(input: ParseStream<'_>) -> syn::Result<(bool, LetPat)> {
    let ahead = input.fork();
    let mutable = ahead.parse::<Option<Token![mut]>>()?.is_some();
    let is_name = ahead.parse::<Ident>().is_ok()
        && !ahead.peek(syn::token::Paren)
        && !ahead.peek(syn::token::Brace)
        && !ahead.peek(Token![::])
        && !ahead.peek(Token![@])
        && !ahead.peek(Token![|]);
    if is_name {
        input.parse::<Option<Token![mut]>>()?;
        return Ok((mutable, LetPat::Name(input.parse()?)));
    }
    let start = input.span();
    let unnamed = |_| syn::Error::new(start, "a step has a name; write `let name = …`");
    let pat = Pat::parse_multi_with_leading_vert(input).map_err(unnamed)?;
    let mutable = contains_word(&pat.to_token_stream(), "mut");
    Ok((mutable, LetPat::Other(pat)))
}

/// Whether an identifier or keyword is there at any depth.
pub(super) fn contains_word(tokens: &TokenStream, word: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => contains_word(&group.stream(), word),
        _ => false,
    })
}

/// The pattern without `mut`: what a loop changes is a copy.
pub(super) fn without_mut(tokens: TokenStream) -> TokenStream {
    let kept = tokens.into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) if ident == "mut" => None,
        TokenTree::Group(group) => {
            let mut kept = Group::new(group.delimiter(), without_mut(group.stream()));
            kept.set_span(group.span());
            Some(kept.into())
        }
        token => Some(token),
    });
    kept.collect()
}

/// `… else { … }`: braces before the `else` would be those of an `if`.
fn without_else(init: TokenStream) -> (TokenStream, Option<Group>) {
    let mut tokens: Vec<TokenTree> = init.clone().into_iter().collect();
    let is_else = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "else");
    match &tokens[..] {
        [.., before, word, TokenTree::Group(group)]
            if is_else(word)
                && is_braces(group)
                && !matches!(before, TokenTree::Group(group) if is_braces(group)) =>
        {
            let group = group.clone();
            tokens.truncate(tokens.len() - 2);
            (tokens.into_iter().collect(), Some(group))
        }
        _ => (init, None),
    }
}

fn is_braces(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

fn while_statement(input: ParseStream<'_>) -> syn::Result<Statement> {
    let keyword: Token![while] = input.parse()?;
    let mut condition = TokenStream::new();
    loop {
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Group(body)) if is_braces(&body) && !input.peek(Token![=]) => {
                input.parse::<Option<Token![;]>>()?;
                if !input.is_empty() {
                    let first = condition.into_iter().next();
                    let place = first.map_or(keyword.span, |token| token.span());
                    return Err(syn::Error::new(place, IN_HEAD));
                }
                return Ok(Statement::While { condition, body });
            }
            Ok(token) => condition.extend([token]),
            Err(_) => {
                let message = "a loop is written `while condition { … }`";
                return Err(syn::Error::new(keyword.span, message));
            }
        }
    }
}

fn until_semicolon(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let tokens: TokenStream = input.parse()?;
    let last = last_span(&tokens);
    match without_semicolon(tokens) {
        (tokens, Some(_)) => Ok(tokens),
        (_, None) => Err(syn::Error::new(
            last,
            "a step ends with `;`; write it after this",
        )),
    }
}

/// The tokens, and where their `;` was.
fn without_semicolon(tokens: TokenStream) -> (TokenStream, Option<Span>) {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let semicolon = match tokens.last() {
        Some(TokenTree::Punct(punct)) if punct.as_char() == ';' => Some(punct.span()),
        _ => None,
    };
    if semicolon.is_some() {
        tokens.pop();
    }
    (tokens.into_iter().collect(), semicolon)
}

/// The last token, under which a missing one is reported.
pub(super) fn last_span(tokens: &TokenStream) -> Span {
    let last = tokens.clone().into_iter().last();
    last.map_or_else(Span::call_site, |token| token.span())
}
