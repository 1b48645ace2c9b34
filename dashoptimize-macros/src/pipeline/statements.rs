//! The statements of a block: cut apart by tokens before anything is parsed, so that a half-typed step
//! neither hides the mistakes in the others nor takes completion away from them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Token, Type};

use super::work;
use crate::diagnostics::Diagnostics;
use crate::graph::{Block, Loop, Step, StepKind, Work};
use crate::module::{ModuleOption, take_options};
use crate::options::within;

/// What a block is the body of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    Pipeline,
    /// An arm, the body of a map, a block in braces.
    Step,
    /// It assigns instead of coming to a value.
    Loop,
}

/// The steps of a block. Mistakes are reported; what has one is kept as tokens and marked as broken.
pub(crate) fn block(braces: &Group, within: Within, errors: &mut Diagnostics) -> Block {
    let mut steps = Vec::new();
    let mut tail = None;
    let mut tail_tokens = TokenStream::new();
    let pieces = split(braces.stream());
    let last = pieces.len().saturating_sub(1);
    for (index, piece) in pieces.into_iter().enumerate() {
        if index == last {
            tail_tokens = piece.clone();
        }
        match Statement::parse(piece, errors) {
            Statement::Step(mut step) => {
                check_place(&mut step, within, errors);
                steps.push(*step);
            }
            Statement::Tail(work) if index == last && within != Within::Loop => tail = Some(*work),
            Statement::Tail(work) => steps.push(misplaced(*work, within, errors)),
        }
    }
    if tail.is_none() && within != Within::Loop {
        let message = "this comes to nothing; end it with a value, such as the name of a step";
        errors.at(braces.span_close(), message);
        tail = Some(Work::Raw(TokenStream::new()));
    }
    Block {
        steps,
        tail,
        tail_tokens,
    }
}

fn check_place(step: &mut Step, within: Within, errors: &mut Diagnostics) {
    if step.kind == StepKind::Assign && within != Within::Loop {
        let name = &step.names[0];
        let message = format!(
            "`{name}` changes only inside a `while`; give this step a name of its own with `let`"
        );
        errors.at(name.span(), message);
        step.broken = true;
    }
}

/// An expression that nobody names.
fn misplaced(work: Work, within: Within, errors: &mut Diagnostics) -> Step {
    let tokens = match &work {
        Work::Code(expr) => expr.to_token_stream(),
        Work::Node(node) => Ident::new("node", node.span).into_token_stream(),
        _ => TokenStream::new(),
    };
    let message = match within {
        Within::Loop => "a loop comes to what it assigns; write `name = …;` or `let name = …;`",
        _ => "nothing takes what this comes to; write `let name = …;`",
    };
    errors.under(tokens, message);
    Step {
        kind: StepKind::Let,
        names: vec![Ident::new("__unnamed", Span::mixed_site())],
        ty: None,
        options: Vec::new(),
        work,
        tokens: TokenStream::new(),
        broken: true,
    }
}

/// The statements with their `;`. A `while` ends with its body, and a `let` that stands where none can
/// begins the next statement: the `;` before it is missing.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut pieces: Vec<Vec<TokenTree>> = vec![Vec::new()];
    for token in tokens {
        if begins_anew(pieces.last(), &token) {
            pieces.push(Vec::new());
        }
        let ends = ends(pieces.last(), &token);
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

fn begins_anew(piece: Option<&Vec<TokenTree>>, token: &TokenTree) -> bool {
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

fn ends(piece: Option<&Vec<TokenTree>>, token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::Brace && piece.is_some_and(|piece| is_while(piece))
        }
        _ => false,
    }
}

/// Whether the first token behind the attributes is `while`.
fn is_while(piece: &[TokenTree]) -> bool {
    let mut tokens = piece.iter();
    loop {
        match tokens.next() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == '#' => drop(tokens.next()),
            Some(TokenTree::Ident(ident)) => return ident == "while",
            _ => return false,
        }
    }
}

enum Statement {
    Step(Box<Step>),
    Tail(Box<Work>),
}

/// A statement with its parts cut apart, none of them looked into.
#[expect(
    clippy::large_enum_variant,
    reason = "there are few, and they live shortly"
)]
enum Raw {
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
    fn parse(piece: TokenStream, errors: &mut Diagnostics) -> Self {
        let last = last_span(&piece);
        let parsed = (|input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_outer)?;
            Ok((attrs, input.parse::<TokenStream>()?))
        })
        .parse2(piece.clone());
        let Some((mut attrs, rest)) = errors.keep(parsed) else {
            return Self::Tail(Box::new(Work::Raw(piece)));
        };
        let options = options(&mut attrs, errors);
        match errors.keep(raw.parse2(rest).map_err(|error| within(&error, last))) {
            Some(raw) => Self::of(raw, options, last, errors),
            None => Self::broken(piece),
        }
    }

    fn of(raw: Raw, options: Vec<ModuleOption>, last: Span, errors: &mut Diagnostics) -> Self {
        let (kind, name, ty, init) = match raw {
            Raw::Let {
                mutable,
                name,
                ty,
                init,
            } => {
                let kind = match mutable {
                    true => StepKind::LetMut,
                    false => StepKind::Let,
                };
                (kind, name, ty, init)
            }
            Raw::Assign { name, init } => (StepKind::Assign, name, None, init),
            Raw::While { condition, body } => return repeat(&condition, &body, options, errors),
            Raw::Expr(tokens) => {
                let mut options = options;
                let work = work::parse(tokens, &mut options, last, errors);
                return Self::Tail(Box::new(work));
            }
        };
        let mut options = options;
        let work = work::parse(init.clone(), &mut options, last, errors);
        let broken = matches!(work, Work::Raw(_));
        Self::Step(Box::new(Step {
            kind,
            names: vec![name],
            ty,
            options,
            work,
            tokens: init,
            broken,
        }))
    }

    /// A statement that cannot be read: its name, where it has one, is known all the same.
    fn broken(piece: TokenStream) -> Self {
        let mut tokens = piece
            .clone()
            .into_iter()
            .skip_while(|token| !matches!(token, TokenTree::Ident(ident) if ident == "let"));
        tokens.next();
        let name = tokens.find_map(|token| match token {
            TokenTree::Ident(ident) if ident != "mut" => Some(ident),
            _ => None,
        });
        match name {
            Some(name) => Self::Step(Box::new(Step {
                kind: StepKind::Let,
                names: vec![name],
                ty: None,
                options: Vec::new(),
                work: Work::Raw(TokenStream::new()),
                tokens: piece,
                broken: true,
            })),
            None => Self::Tail(Box::new(Work::Raw(piece))),
        }
    }
}

fn options(attrs: &mut Vec<Attribute>, errors: &mut Diagnostics) -> Vec<ModuleOption> {
    let options = take_options(attrs, errors);
    for attr in attrs.iter().filter(|attr| !attr.path().is_ident("doc")) {
        errors.under(
            attr.path(),
            "a step has no attributes but `#[with(…)]` and docs",
        );
    }
    options
}

fn raw(input: ParseStream<'_>) -> syn::Result<Raw> {
    if input.peek(Token![let]) {
        return raw_let(input);
    }
    if input.peek(Token![while]) {
        return raw_while(input);
    }
    if input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        return Ok(Raw::Assign {
            name,
            init: until_semicolon(input)?,
        });
    }
    let tokens: TokenStream = input.parse()?;
    Ok(Raw::Expr(without_semicolon(tokens)))
}

fn raw_let(input: ParseStream<'_>) -> syn::Result<Raw> {
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
    Ok(Raw::Let {
        mutable,
        name,
        ty,
        init,
    })
}

fn raw_while(input: ParseStream<'_>) -> syn::Result<Raw> {
    let keyword: Token![while] = input.parse()?;
    let mut condition = TokenStream::new();
    loop {
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
                return Ok(Raw::While { condition, body });
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

fn repeat(
    condition: &TokenStream,
    body: &Group,
    mut options: Vec<ModuleOption>,
    errors: &mut Diagnostics,
) -> Statement {
    let at_most = work::take(&mut options, "at_most");
    if at_most.is_none() {
        let message = "a loop needs a bound; write `#[with(at_most = 3)]` above it";
        errors.under(condition, message);
    }
    let last = last_span(condition);
    let parsed =
        errors.keep(syn::parse2::<Expr>(condition.clone()).map_err(|error| within(&error, last)));
    let body = block(body, Within::Loop, errors);
    let mut names: Vec<Ident> = Vec::new();
    for step in body.steps.iter().filter(|step| step.kind != StepKind::Let) {
        let assigned = step.names.iter().filter(|_| step.kind != StepKind::LetMut);
        names.extend(assigned.cloned());
    }
    names.dedup_by(|one, other| one == other);
    if names.is_empty() {
        let message =
            "this loop changes nothing; write `name = …;` in it for a `let mut name` above";
        errors.under(condition, message);
        names.push(Ident::new("__unnamed", Span::mixed_site()));
    }
    let broken = parsed.is_none() || at_most.is_none();
    let condition = parsed.unwrap_or_else(|| syn::parse_quote!(true));
    Statement::Step(Box::new(Step {
        kind: StepKind::Loop,
        names,
        ty: None,
        options,
        work: Work::Loop(Box::new(Loop {
            condition,
            body,
            at_most,
        })),
        tokens: TokenStream::new(),
        broken,
    }))
}

fn last_span(tokens: &TokenStream) -> Span {
    let last = tokens.clone().into_iter().last();
    last.map_or_else(Span::call_site, |token| token.span())
}
