//! Blocks and their steps.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr};

use super::pieces::split;
use super::reader::{Reader, Within, take};
use super::statement::{Statement, last_span};
use crate::diagnostics::Diagnostics;
use crate::graph::{Block, Loop, Step, StepKind, Work};
use crate::module::ModuleOption;
use crate::options::within;

/// The steps of a whole pipeline.
pub(in crate::pipeline) fn steps(braces: &Group, errors: &mut Diagnostics) -> Block {
    Reader { errors }.block(braces, Within::Pipeline)
}

/// A statement that was read.
enum Read {
    Step(Box<Step>),
    Tail(Box<Work>),
}

impl Reader<'_> {
    pub(super) fn block(&mut self, braces: &Group, within: Within) -> Block {
        let mut steps = Vec::new();
        let mut tail = None;
        let mut tail_tokens = TokenStream::new();
        let pieces = split(braces.stream());
        let last = pieces.len().saturating_sub(1);
        for (index, piece) in pieces.into_iter().enumerate() {
            if index == last {
                tail_tokens = piece.clone();
            }
            match self.statement(piece) {
                Read::Step(mut step) => {
                    self.check_place(&mut step, within);
                    steps.push(*step);
                }
                Read::Tail(work) if index == last && within != Within::Loop => tail = Some(*work),
                Read::Tail(work) => steps.push(self.misplaced(*work, within)),
            }
        }
        if tail.is_none() && within != Within::Loop {
            let message =
                "this evaluates to nothing; end it with a value, such as the name of a step";
            self.errors.at(braces.span_close(), message);
            tail = Some(Work::Raw(TokenStream::new()));
        }
        Block {
            steps,
            tail,
            tail_tokens,
        }
    }

    fn check_place(&mut self, step: &mut Step, within: Within) {
        if step.kind == StepKind::Assign && within != Within::Loop {
            let name = &step.names[0];
            let message = format!(
                "`{name}` changes only inside a `while`; give this step another name with `let`"
            );
            self.errors.at(name.span(), message);
            step.broken = true;
        }
    }

    /// An expression without a name.
    fn misplaced(&mut self, work: Work, within: Within) -> Step {
        let tokens = match &work {
            Work::Code(expr) => expr.to_token_stream(),
            Work::Node(node) => Ident::new("node", node.span).into_token_stream(),
            _ => TokenStream::new(),
        };
        let message = match within {
            Within::Loop => {
                "a loop evaluates to what it assigns; write `name = …;` or `let name = …;`"
            }
            _ => "nothing uses the value of this; write `let name = …;`",
        };
        self.errors.under(tokens, message);
        broken_step(unnamed(), work, TokenStream::new())
    }

    fn statement(&mut self, piece: TokenStream) -> Read {
        let last = last_span(&piece);
        let parsed = (|input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_outer)?;
            Ok((attrs, input.parse::<TokenStream>()?))
        })
        .parse2(piece.clone());
        let Some((mut attrs, rest)) = self.errors.keep(parsed) else {
            return Read::Tail(Box::new(Work::Raw(piece)));
        };
        let options = self.options(&mut attrs);
        let statement = Statement::parse(rest).map_err(|error| within(&error, last));
        match self.errors.keep(statement) {
            Some(statement) => self.parts(statement, options, last),
            None => unreadable(piece),
        }
    }

    /// A statement whose parts are known.
    fn parts(&mut self, statement: Statement, options: Vec<ModuleOption>, last: Span) -> Read {
        let (kind, name, ty, init) = match statement {
            Statement::Let {
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
            Statement::Assign { name, init } => (StepKind::Assign, name, None, init),
            Statement::While { condition, body } => return self.repeat(&condition, &body, options),
            Statement::Expr(tokens) => {
                let mut options = options;
                return Read::Tail(Box::new(self.work(tokens, &mut options, last)));
            }
        };
        let mut options = options;
        let work = self.work(init.clone(), &mut options, last);
        let broken = matches!(work, Work::Raw(_));
        Read::Step(Box::new(Step {
            kind,
            names: vec![name],
            ty,
            options,
            work,
            tokens: init,
            broken,
        }))
    }

    fn repeat(
        &mut self,
        condition: &TokenStream,
        body: &Group,
        mut options: Vec<ModuleOption>,
    ) -> Read {
        let at_most = take(&mut options, "at_most");
        if at_most.is_none() {
            let message = "a loop needs a bound; write `#[with(at_most = 3)]` above it";
            self.errors.under(condition, message);
        }
        let last = last_span(condition);
        let parsed = syn::parse2::<Expr>(condition.clone()).map_err(|error| within(&error, last));
        let parsed = self.errors.keep(parsed);
        let body = self.block(body, Within::Loop);
        let mut names = assigned(&body);
        if names.is_empty() {
            let message =
                "this loop changes nothing; write `name = …;` in it for a `let mut name` above";
            self.errors.under(condition, message);
            names.push(unnamed());
        }
        let broken = parsed.is_none() || at_most.is_none();
        let condition = parsed.unwrap_or_else(|| syn::parse_quote!(true));
        Read::Step(Box::new(Step {
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
}

/// What the body of a loop assigns.
fn assigned(body: &Block) -> Vec<Ident> {
    let steps = body.steps.iter();
    let assigning = steps.filter(|step| matches!(step.kind, StepKind::Assign | StepKind::Loop));
    let mut names: Vec<Ident> = assigning.flat_map(|step| step.names.clone()).collect();
    names.dedup_by(|one, other| one == other);
    names
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
        None => Read::Tail(Box::new(Work::Raw(piece))),
    }
}

fn broken_step(name: Ident, work: Work, tokens: TokenStream) -> Step {
    Step {
        kind: StepKind::Let,
        names: vec![name],
        ty: None,
        options: Vec::new(),
        work,
        tokens,
        broken: true,
    }
}

fn unnamed() -> Ident {
    Ident::new("__unnamed", Span::mixed_site())
}
