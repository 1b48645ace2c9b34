//! Loops that change values.

use proc_macro2::{Group, Ident, TokenStream};
use syn::{Expr, ExprForLoop};

use super::block::Read;
use super::changes::{changed_in, set_in};
use super::early::round;
use super::flow::whole;
use super::lift::Lifted;
use super::reader::{Reader, Within, braces, take};
use super::returned::RETURNED;
use super::statement::last_span;
use crate::graph::names::plain;
use crate::graph::{Block, Loop, Over, Step, StepKind, Work};
use crate::module::ModuleOption;
use crate::options::within;

impl Reader<'_> {
    /// A `for` that changes values, one item after another.
    pub(super) fn for_loop(
        &mut self,
        mut over: ExprForLoop,
        tokens: TokenStream,
        unnamed: Ident,
    ) -> Read {
        let message =
            "the list of a `for` that changes values cannot call a module; call it in a step above";
        self.refuse(&over.expr, message);
        let mut lifted = Lifted::new();
        self.lift(&mut over.expr, &mut lifted);
        let body = self.block(&braces(&over.body), Within::Loop);
        let over = Over::List(over.pat, *over.expr);
        Read::Step(Box::new(looping(over, body, None, tokens, unnamed)))
    }

    pub(super) fn repeat(
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

pub(super) const BOUND: &str = "a loop needs a bound; write `#[with(at_most = 3)]` above it";

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

fn may_be_left(block: &Block) -> bool {
    let in_tail = |tail: &Work| match tail {
        Work::Route(route) => route.arms.iter().any(|arm| may_be_left(&arm.body)),
        Work::Block(block) => may_be_left(block),
        _ => false,
    };
    block.changes.leaves.is_some() || block.tail.as_ref().is_some_and(in_tail)
}
