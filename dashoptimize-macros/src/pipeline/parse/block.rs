//! Blocks and their steps.

use std::collections::VecDeque;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, ExprForLoop, Pat};

use super::early::{is_early, round};
use super::flow::whole;
use super::lift::Lifted;
use super::pieces::split;
use super::reader::{Reader, Within, braces, take};
use super::returned::RETURNED;
use super::statement::{Let, LetPat, Statement, last_span, without_mut};
use crate::diagnostics::Diagnostics;
use crate::graph::names::{bound, plain};
use crate::graph::{Aim, Block, Loop, Over, Step, StepKind, Work};
use crate::module::ModuleOption;
use crate::options::within;
use crate::pipeline::ast::Input;

/// The steps of a whole pipeline.
pub(in crate::pipeline) fn steps(
    braces: &Group,
    inputs: &[Input],
    output: &syn::Type,
    pipelines: &[String],
    errors: &mut Diagnostics,
) -> Block {
    let is_result = |path: &syn::TypePath| {
        let last = path.path.segments.last();
        last.is_some_and(|last| last.ident == "Result")
    };
    let mut reader = Reader {
        errors,
        pipelines,
        output,
        output_is_result: matches!(output, syn::Type::Path(path) if is_result(path)),
        at_end: false,
        in_code_loop: false,
        values: inputs.iter().map(|input| plain(&input.ident)).collect(),
        inputs: inputs.len(),
        mutable: Vec::new(),
        exits: 0,
        refused: 0,
    };
    reader.block(braces, Within::Pipeline)
}

/// A statement that was read.
pub(super) enum Read {
    Step(Box<Step>),
    /// An expression, and where its `;` is.
    Value(Box<Work>, Option<Span>),
    /// `if … { return …; }`
    Early(Box<syn::ExprIf>),
    /// `let … else { … };`
    EarlyLet(Box<(Pat, Expr)>, Group),
    /// `return …;`, `break;`, `continue;`
    Exit(Ident, TokenStream),
}

/// The statements of a block that are not read yet.
struct Pieces {
    pieces: VecDeque<TokenStream>,
    /// Where the block ends.
    end: Span,
    /// How many were read.
    read: usize,
}

impl Reader<'_> {
    pub(super) fn block(&mut self, braces: &Group, within: Within) -> Block {
        let mut pieces = Pieces {
            pieces: split(braces.stream()).into(),
            end: braces.span_close(),
            read: 0,
        };
        let (known, made) = (self.mutable.len(), self.values.len());
        let block = self.steps(&mut pieces, within);
        self.mutable.truncate(known);
        self.values.truncate(made);
        block
    }

    fn steps(&mut self, pieces: &mut Pieces, within: Within) -> Block {
        let mut block = Block::empty();
        while let Some(piece) = pieces.pieces.pop_front() {
            if within.is_output()
                && let Some(several) = self.returning(&piece)
            {
                several
                    .into_iter()
                    .rev()
                    .for_each(|piece| pieces.pieces.push_front(piece));
                continue;
            }
            if within.is_output()
                && let Some([way, rest]) = self.returning_value(&piece)
            {
                pieces.pieces.push_front(rest);
                pieces.pieces.push_front(way);
                continue;
            }
            if let Some(several) = self.changing_value(&piece) {
                several
                    .into_iter()
                    .rev()
                    .for_each(|piece| pieces.pieces.push_front(piece));
                continue;
            }
            pieces.read += 1;
            let is_last = pieces.pieces.is_empty();
            let unnamed = unnamed(pieces.read, &piece);
            match self.statement(piece.clone(), within, is_last, unnamed.clone()) {
                Read::Step(step) => {
                    if step.kind == StepKind::LetMut {
                        self.mutable.extend(step.names.iter().map(plain));
                    }
                    self.values.extend(step.names.iter().map(plain));
                    block.steps.push(*step);
                }
                Read::Value(work, semicolon) if is_last && within.has_value() => {
                    self.check_end(&work, semicolon, within);
                    block.tail = Some(*work);
                    block.tail_tokens = piece;
                }
                Read::Value(work, _) => block.steps.push(self.misplaced(*work, within, unnamed)),
                Read::Early(choice) => {
                    let mut rest = |reader: &mut Self| reader.steps(pieces, within);
                    block.tail = Some(self.early(*choice, within, &mut rest));
                    block.tail_tokens = piece;
                    return block;
                }
                Read::EarlyLet(parts, diverge) => {
                    let mut rest = |reader: &mut Self| reader.steps(pieces, within);
                    let (pat, init) = *parts;
                    block.tail = Some(self.early_let(pat, init, &diverge, within, &mut rest));
                    block.tail_tokens = piece;
                    return block;
                }
                Read::Exit(keyword, value) => {
                    self.exit_here(&mut block, &keyword, value, within);
                    block.tail_tokens = piece;
                    self.nothing_follows(pieces, &keyword);
                    return block;
                }
            }
        }
        if block.tail.is_none() && within.has_value() {
            let message =
                "this evaluates to nothing; end it with a value, such as the name of a step";
            self.errors.at(pieces.end, message);
            block.tail = Some(Work::Raw(TokenStream::new()));
        }
        block
    }

    fn nothing_follows(&mut self, pieces: &mut Pieces, keyword: &Ident) {
        if let Some(next) = pieces.pieces.pop_front() {
            let message =
                format!("this is never reached, because of the `{keyword}` above it; remove it");
            let first = next.into_iter().next();
            self.errors
                .at(first.map_or(pieces.end, |token| token.span()), message);
            pieces.pieces.clear();
        }
    }

    /// What ends a block early, at its end.
    fn exit_here(
        &mut self,
        block: &mut Block,
        keyword: &Ident,
        value: TokenStream,
        within: Within,
    ) {
        let is_return = *keyword == "return";
        match within {
            Within::Loop if !is_return && value.is_empty() => {
                block.changes.leaves = Some(*keyword == "break");
                return;
            }
            _ if is_return && value.is_empty() => {
                let message = "return what? write the output after this `return`";
                self.errors.at(keyword.span(), message);
                block.tail = Some(Work::Raw(TokenStream::new()));
                return;
            }
            _ => {}
        }
        let last = last_span(&value);
        let tokens = match is_return && within.is_output() {
            true => value,
            false => keyword.to_token_stream().into_iter().chain(value).collect(),
        };
        let work = self.with_end(true, |reader| {
            let parsed = syn::parse2::<Expr>(tokens.clone());
            let failed = match (&parsed, is_return) {
                (Ok(Expr::Return(_)), _) => None,
                (Ok(expr), true) => reader.failure_of(expr, keyword.span()),
                _ => None,
            };
            match failed {
                Some(failed) => reader.code(failed),
                None if within.is_output() => reader.work(tokens, &mut Vec::new(), last),
                None => reader.with_end(false, |reader| reader.work(tokens, &mut Vec::new(), last)),
            }
        });
        block.tail = Some(work);
    }

    /// The last expression of a block has no `;`.
    fn check_end(&mut self, work: &Work, semicolon: Option<Span>, within: Within) {
        let Some(semicolon) = semicolon else { return };
        if !matches!(work, Work::Raw(_)) {
            let what = match within {
                Within::Pipeline => "this pipeline",
                _ => "this block",
            };
            let message = format!("remove this `;`: {what} evaluates to the expression before it");
            self.errors.at(semicolon, message);
        }
    }

    /// An expression without a name.
    fn misplaced(&mut self, work: Work, within: Within, unnamed: Ident) -> Step {
        let span = match &work {
            Work::Node(node) => Some(node.span),
            Work::Then(inner, _) => match &**inner {
                Work::Node(node) => Some(node.span),
                _ => None,
            },
            _ => None,
        };
        if !matches!(work, Work::Raw(_)) {
            let message = match within {
                Within::Loop | Within::Statement => {
                    "nothing uses the value of this; write `name = …;` or `let name = …;`"
                }
                _ => "nothing uses the value of this; write `let name = …;`",
            };
            self.errors
                .at(span.unwrap_or_else(|| unnamed.span()), message);
        }
        Step {
            work,
            broken: true,
            ..Step::new(StepKind::Let, unnamed, TokenStream::new())
        }
    }

    fn statement(
        &mut self,
        piece: TokenStream,
        within_: Within,
        is_last: bool,
        unnamed: Ident,
    ) -> Read {
        let last = last_span(&piece);
        let parsed = (|input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_outer)?;
            Ok((attrs, input.parse::<TokenStream>()?))
        })
        .parse2(piece.clone());
        let Some((mut attrs, rest)) = self.errors.keep(parsed) else {
            return Read::Value(Box::new(Work::Raw(piece)), None);
        };
        let options = self.options(&mut attrs);
        let statement = Statement::parse(rest).map_err(|error| within(&error, last));
        let Some(statement) = self.errors.keep(statement) else {
            return unreadable(piece);
        };
        match statement {
            Statement::Let(parts) => self.let_step(parts, options, last, unnamed),
            Statement::Assign { name, init, ends } => {
                if !ends && (!is_last || within_.has_value()) {
                    self.errors.at(last, NO_END);
                }
                let kind = match within_ {
                    Within::Loop | Within::Statement => StepKind::Assign,
                    _ => StepKind::Change,
                };
                Read::Step(Box::new(self.step(kind, name, None, init, options, last)))
            }
            Statement::While { condition, body } => {
                self.repeat(&condition, &body, options, within_, unnamed)
            }
            Statement::Exit { keyword, value } => Read::Exit(keyword, value),
            Statement::Expr { tokens, semicolon } => {
                let is_value = is_last && within_.has_value();
                self.expression(tokens, semicolon, is_value, within_, options, last, unnamed)
            }
        }
    }

    fn let_step(
        &mut self,
        parts: Let,
        options: Vec<ModuleOption>,
        last: Span,
        unnamed: Ident,
    ) -> Read {
        let kind = match parts.mutable {
            true => StepKind::LetMut,
            false => StepKind::Let,
        };
        let (name, pat) = match parts.pat {
            LetPat::Name(name) => (name, None),
            LetPat::Other(pat) => {
                let names = bound(&pat);
                (
                    names.first().cloned().unwrap_or(unnamed),
                    Some((pat, names)),
                )
            }
        };
        if let (Some((pat, _)), Some(diverge)) = (&pat, &parts.diverge) {
            let parsed = whole(&parts.init).map_err(|error| within(&error, last));
            return match self.errors.keep(parsed) {
                Some(init) => Read::EarlyLet(Box::new((pat.clone(), init)), diverge.clone()),
                None => Read::Step(Box::new(broken_step(
                    name,
                    Work::Raw(TokenStream::new()),
                    parts.init,
                ))),
            };
        }
        let ty = parts.ty;
        let mut step = self.step(kind, name, ty, parts.init, options, last);
        if let Some((pat, names)) = pat
            && !names.is_empty()
        {
            step.names = names;
            step.pat = Some(without_mut(pat.into_token_stream()));
        }
        Read::Step(Box::new(step))
    }

    fn step(
        &mut self,
        kind: StepKind,
        name: Ident,
        ty: Option<syn::Type>,
        init: TokenStream,
        mut options: Vec<ModuleOption>,
        last: Span,
    ) -> Step {
        self.refuse_values(&mut options, &name);
        let work = self.with_end(false, |reader| {
            reader.work(init.clone(), &mut options, last)
        });
        let broken = matches!(work, Work::Raw(_));
        Step {
            ty,
            options,
            work,
            broken,
            ..Step::new(kind, name, init)
        }
    }

    /// An expression: the value of the block, or a statement.
    #[expect(
        clippy::too_many_arguments,
        reason = "all that is known of a statement"
    )]
    fn expression(
        &mut self,
        tokens: TokenStream,
        semicolon: Option<Span>,
        is_value: bool,
        within_: Within,
        mut options: Vec<ModuleOption>,
        last: Span,
        unnamed: Ident,
    ) -> Read {
        let expr = match whole(&tokens) {
            Ok(Expr::If(choice))
                if is_early(&choice) && (!is_value || choice.else_branch.is_none()) =>
            {
                return Read::Early(Box::new(choice));
            }
            // A step that is being typed, or the value of the block.
            Err(_) => None,
            Ok(expr) if is_value && !is_statement(&expr, semicolon) => None,
            Ok(expr) => Some(expr),
        };
        let Some(expr) = expr else {
            let at_end = within_.is_output();
            let work = self.with_end(at_end, |reader| reader.work(tokens, &mut options, last));
            return Read::Value(Box::new(work), semicolon);
        };
        self.with_end(false, |reader| {
            reader.effect(expr, tokens, options, within_, unnamed)
        })
    }

    /// A statement that changes values, or does something.
    fn effect(
        &mut self,
        expr: Expr,
        tokens: TokenStream,
        mut options: Vec<ModuleOption>,
        within_: Within,
        unnamed: Ident,
    ) -> Read {
        let calls = self.calls();
        if calls.in_step(&expr).is_none() && !is_call(&expr) {
            return self.plain(expr, within_, unnamed, tokens);
        }
        match expr {
            Expr::If(choice) => {
                let work = self.choice(choice, Aim::Changes);
                self.changing(work, tokens, unnamed)
            }
            Expr::Match(route) => {
                let work = self.route(route, Aim::Changes);
                self.changing(work, tokens, unnamed)
            }
            Expr::Block(inner) => {
                let body = self.block(&braces(&inner.block), Within::Statement);
                self.changing(Work::Block(Box::new(body)), tokens, unnamed)
            }
            Expr::ForLoop(over) => self.for_loop(over, tokens, unnamed),
            Expr::Loop(repeat) => {
                let is_bounded = options.iter().any(|option| option.key == "at_most");
                if is_bounded {
                    let always = Ident::new("true", repeat.loop_token.span).into_token_stream();
                    let body = braces(&repeat.body);
                    return self.repeat(&always, &body, options, within_, unnamed);
                }
                self.errors.at(repeat.loop_token.span, BOUND);
                Read::Step(Box::new(broken_step(
                    unnamed,
                    Work::Raw(TokenStream::new()),
                    tokens,
                )))
            }
            expr if is_call(&expr) => {
                let work = self.work(tokens, &mut options, unnamed.span());
                Read::Value(Box::new(work), None)
            }
            expr => self.plain(expr, within_, unnamed, tokens),
        }
    }

    /// A statement whose blocks change values.
    fn changing(&mut self, mut work: Work, tokens: TokenStream, unnamed: Ident) -> Read {
        let mut names = Vec::new();
        changed_by(&work, &mut names);
        set_changes(&mut work, &names, None);
        let mut step = Step {
            work,
            ..Step::new(StepKind::Statement, unnamed, tokens)
        };
        if names.is_empty() {
            step.kind = StepKind::Let;
        } else {
            step.names = names;
        }
        Read::Step(Box::new(step))
    }

    /// A `for` that changes values, one item after another.
    fn for_loop(&mut self, mut over: ExprForLoop, tokens: TokenStream, unnamed: Ident) -> Read {
        let message =
            "the list of a `for` that changes values cannot call a module; call it in a step above";
        self.refuse(&over.expr, message);
        let mut lifted = Lifted::new();
        self.lift(&mut over.expr, &mut lifted);
        let body = self.block(&braces(&over.body), Within::Loop);
        let over = Over::List(over.pat, *over.expr);
        Read::Step(Box::new(looping(over, body, None, tokens, unnamed)))
    }

    fn repeat(
        &mut self,
        condition: &TokenStream,
        body: &Group,
        mut options: Vec<ModuleOption>,
        within_: Within,
        unnamed: Ident,
    ) -> Read {
        let at_most = take(&mut options, "at_most");
        let last = last_span(condition);
        let tokens: TokenStream = quote::quote!(while #condition #body);
        if let (None, Ok(expr)) = (&at_most, whole(&tokens))
            && self.calls().in_step(&expr).is_none()
        {
            return self.plain(expr, within_, unnamed, tokens);
        }
        if at_most.is_none() {
            self.errors.under(condition, BOUND);
        }
        let parsed = syn::parse2::<Expr>(condition.clone()).map_err(|error| within(&error, last));
        let parsed = self.errors.keep(parsed);
        let is_read = parsed.is_some();
        let mut condition_ = parsed.unwrap_or_else(|| syn::parse_quote!(true));
        let body = match &condition_ {
            // `while let Some(next) = list.pop()` changes the list in each round.
            Expr::Let(head) if self.is_changing(&head.expr) => {
                let (pat, value, rest) = (&head.pat, &head.expr, body.stream());
                let mut braces = Group::new(
                    body.delimiter(),
                    quote::quote!(let #pat = #value else { break; }; #rest),
                );
                braces.set_span(body.span());
                condition_ = syn::parse_quote!(true);
                braces
            }
            _ => body.clone(),
        };
        let mut body = self.block(&body, Within::Loop);
        if self.calls().inside(&condition_).is_some() || matches!(condition_, Expr::Let(_)) {
            let mut lifted = Lifted::new();
            let on = self.on(condition_, &mut lifted);
            body = round(on, lifted, body, last);
            condition_ = syn::parse_quote!(true);
        }
        let broken = !is_read || at_most.is_none();
        let step = looping(
            Over::While(condition_),
            body,
            at_most,
            TokenStream::new(),
            unnamed,
        );
        if step.names[0].to_string().starts_with("__") {
            let message =
                "this loop changes nothing; write `name = …;` in it for a `let mut name` above";
            self.errors.under(condition, message);
        }
        Read::Step(Box::new(Step {
            options,
            broken: broken || step.names[0].to_string().starts_with("__"),
            ..step
        }))
    }
}

const BOUND: &str = "a loop needs a bound; write `#[with(at_most = 3)]` above it";

const NO_END: &str = "a step ends with `;`; write it after this";

/// Whether the last expression of a block is a statement all the same.
fn is_statement(expr: &Expr, semicolon: Option<Span>) -> bool {
    match expr {
        Expr::If(choice) => choice.else_branch.is_none(),
        Expr::While(_) | Expr::Loop(_) => true,
        Expr::Macro(_) | Expr::Call(_) | Expr::Assign(_) => semicolon.is_some(),
        Expr::Binary(_) => semicolon.is_some(),
        _ => false,
    }
}

/// Whether a statement is a call of a module alone, or fields of its output.
fn is_call(expr: &Expr) -> bool {
    match expr {
        Expr::Struct(_) => true,
        Expr::Field(field) => is_call(&field.base),
        Expr::Try(attempt) => is_call(&attempt.expr),
        Expr::Await(wait) => is_call(&wait.base),
        Expr::MethodCall(call) => is_call(&call.receiver),
        _ => false,
    }
}

fn looping(
    over: Over,
    mut body: Block,
    at_most: Option<Expr>,
    tokens: TokenStream,
    unnamed: Ident,
) -> Step {
    let mut names = Vec::new();
    changed_in(&body, &mut names);
    // The first one names the loop.
    names.sort_by_key(|name| plain(name) == RETURNED);
    let may_be_left = may_be_left(&body);
    set_in(&mut body, &names, may_be_left.then_some(false));
    let work = Work::Loop(Box::new(Loop {
        over,
        body,
        at_most,
        changes: names.len(),
        may_be_left,
    }));
    let mut step = Step {
        work,
        ..Step::new(StepKind::Loop, unnamed, tokens)
    };
    if !names.is_empty() {
        step.names = names;
    }
    step
}

/// What a block changes that is made outside of it.
fn changed_in(block: &Block, names: &mut Vec<Ident>) {
    let mut local: Vec<String> = Vec::new();
    for step in &block.steps {
        match step.is_let() {
            true => local.extend(step.names.iter().map(plain)),
            false => {
                let outside = step
                    .names
                    .iter()
                    .filter(|name| !local.contains(&plain(name)));
                for name in outside {
                    add(name, names);
                }
            }
        }
    }
    let mut of_tail = Vec::new();
    block
        .tail
        .iter()
        .for_each(|tail| changed_by(tail, &mut of_tail));
    for name in of_tail.iter().filter(|name| !local.contains(&plain(name))) {
        add(name, names);
    }
}

fn add(name: &Ident, names: &mut Vec<Ident>) {
    if names.iter().all(|known| known != name) {
        names.push(name.clone());
    }
}

/// The same for a statement, or the end of a block that may be left early.
fn changed_by(work: &Work, names: &mut Vec<Ident>) {
    match work {
        Work::Route(route) if route.aim != Aim::Value => {
            route
                .arms
                .iter()
                .for_each(|arm| changed_in(&arm.body, names));
        }
        Work::Block(block) if block.lifted || block.tail.is_none() => changed_in(block, names),
        _ => {}
    }
}

fn set_in(block: &mut Block, names: &[Ident], leaves: Option<bool>) {
    match &mut block.tail {
        Some(tail) => set_changes(tail, names, leaves),
        None => {
            block.changes.names = names.to_vec();
            block.changes.leaves = leaves.map(|leaves| block.changes.leaves.unwrap_or(leaves));
        }
    }
}

fn set_changes(work: &mut Work, names: &[Ident], leaves: Option<bool>) {
    match work {
        Work::Route(route) if route.aim != Aim::Value => {
            let arms = route.arms.iter_mut();
            arms.for_each(|arm| set_in(&mut arm.body, names, leaves));
        }
        Work::Block(block) if block.lifted || block.tail.is_none() => set_in(block, names, leaves),
        _ => {}
    }
}

fn may_be_left(block: &Block) -> bool {
    let in_tail = |tail: &Work| match tail {
        Work::Route(route) => route.arms.iter().any(|arm| may_be_left(&arm.body)),
        Work::Block(block) => may_be_left(block),
        _ => false,
    };
    block.changes.leaves.is_some() || block.tail.as_ref().is_some_and(in_tail)
}

/// A statement that cannot be read: its name, if it has one, is known all the same.
fn unreadable(piece: TokenStream) -> Read {
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
        Some(name) => {
            let work = Work::Raw(TokenStream::new());
            Read::Step(Box::new(broken_step(name, work, piece)))
        }
        None => Read::Value(Box::new(Work::Raw(piece)), None),
    }
}

fn broken_step(name: Ident, work: Work, tokens: TokenStream) -> Step {
    Step {
        work,
        broken: true,
        ..Step::new(StepKind::Let, name, tokens)
    }
}

/// A name for a statement, by its place in its block.
fn unnamed(place: usize, piece: &TokenStream) -> Ident {
    let span = piece.clone().into_iter().next();
    let span = span.map_or_else(Span::mixed_site, |token| token.span());
    Ident::new(&format!("__step_{place}"), span)
}
