//! A statement of a block, cut into its parts.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Token, Type};

/// A statement with its parts cut apart, none of them read yet.
#[expect(
    clippy::large_enum_variant,
    reason = "there are few, and they live shortly"
)]
pub(super) enum Statement {
    Let {
        mutable: bool,
        name: Ident,
        ty: Option<Type>,
        init: TokenStream,
    },
    Assign {
        name: Ident,
        init: TokenStream,
    },
    While {
        condition: TokenStream,
        body: Group,
    },
    Expr(TokenStream),
}

impl Statement {
    pub(super) fn parse(tokens: TokenStream) -> syn::Result<Self> {
        statement.parse2(tokens)
    }
}

fn statement(input: ParseStream<'_>) -> syn::Result<Statement> {
    if input.peek(Token![let]) {
        return let_statement(input);
    }
    if input.peek(Token![while]) {
        return while_statement(input);
    }
    if input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        return Ok(Statement::Assign {
            name,
            init: until_semicolon(input)?,
        });
    }
    let tokens: TokenStream = input.parse()?;
    Ok(Statement::Expr(without_semicolon(tokens)))
}

fn let_statement(input: ParseStream<'_>) -> syn::Result<Statement> {
    let keyword: Token![let] = input.parse()?;
    let mutable = input.parse::<Option<Token![mut]>>()?.is_some();
    let start = input.span();
    let unnamed = |_| match input.is_empty() {
        true => syn::Error::new(keyword.span, "name the step after this `let`"),
        false => syn::Error::new(start, "a step has one name; write `let name = …`"),
    };
    let name: Ident = input.parse().map_err(unnamed)?;
    let ty = match input.peek(Token![:]) {
        true => {
            input.parse::<Token![:]>()?;
            Some(input.parse()?)
        }
        false => None,
    };
    if !input.peek(Token![=]) {
        let message = format!("what does `{name}` do? write `let {name} = …`");
        return Err(
            match input.peek(syn::token::Paren) || input.peek(syn::token::Brace) {
                true => syn::Error::new(start, "a step has one name; write `let name = …`"),
                false => syn::Error::new(name.span(), message),
            },
        );
    }
    let equals: Token![=] = input.parse()?;
    let init = until_semicolon(input)?;
    if init.is_empty() {
        let message = format!("what does `{name}` do? write it after this `=`");
        return Err(syn::Error::new(equals.span, message));
    }
    Ok(Statement::Let {
        mutable,
        name,
        ty,
        init,
    })
}

fn while_statement(input: ParseStream<'_>) -> syn::Result<Statement> {
    let keyword: Token![while] = input.parse()?;
    let mut condition = TokenStream::new();
    loop {
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
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
    let ends =
        tokens.clone().into_iter().last().is_some_and(
            |token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'),
        );
    if ends {
        Ok(without_semicolon(tokens))
    } else {
        Err(syn::Error::new(
            last,
            "a step ends with `;`; write it after this",
        ))
    }
}

fn without_semicolon(tokens: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if matches!(tokens.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ';') {
        tokens.pop();
    }
    tokens.into_iter().collect()
}

/// The last token, under which a missing one is reported.
pub(super) fn last_span(tokens: &TokenStream) -> Span {
    let last = tokens.clone().into_iter().last();
    last.map_or_else(Span::call_site, |token| token.span())
}
