//! Expressions as statements: those that change values, or do something.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::Expr;

use super::block::Read;
use super::changes::{changed_by, set_changes};
use super::early::is_early;
use super::flow::whole;
use super::reader::{Reader, Within, braces};
use super::repeat::BOUND;
use super::step::broken_step;
use crate::graph::{Aim, Step, StepKind, Work};
use crate::module::ModuleOption;

impl Reader<'_> {
    /// An expression: the value of the block, or a statement.
    #[expect(
        clippy::too_many_arguments,
        reason = "all that is known of a statement"
    )]
    pub(super) fn expression(
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
}

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
