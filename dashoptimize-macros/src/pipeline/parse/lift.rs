//! Calls of modules inside of code become steps above it: `search(Predict::<Ask> { … }.answer, 3)` is
//!
//! ```text
//! { let first = Predict::<Ask> { … }.answer; search(first, 3) }
//! ```
//!
//! Like every step they start when what they read is there. What Rust evaluates only sometimes is a branch.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprBlock, ExprIf, ExprMacro, Stmt};

use super::reader::Reader;
use crate::graph::code_label;
use crate::graph::parts::{for_each_part, is_lazy};
use crate::graph::path::ordinal;
use crate::graph::{self, Aim, Postfix, Step, StepKind, Work};
use crate::macro_call;

/// What starts the name of a step that was lifted out of code.
pub(crate) const LIFTED: &str = "__lifted_";

/// What is lifted out of one expression.
pub(super) struct Lifted {
    steps: Vec<Step>,
    /// Where the expression is in its step, if that is one place.
    place: Option<String>,
}

impl Lifted {
    pub(super) const fn new() -> Self {
        Self {
            steps: Vec::new(),
            place: None,
        }
    }

    /// What is lifted next is named after this place.
    pub(super) fn at(&mut self, place: &str) -> &mut Self {
        self.place = Some(place.to_owned());
        self
    }

    /// The work with the steps that were lifted out of it, and what was written.
    pub(super) fn before(self, work: Work, written: &TokenStream) -> Work {
        if self.steps.is_empty() {
            return work;
        }
        let mut block = graph::Block::of(work, written.clone());
        block.steps = self.steps;
        block.lifted = true;
        Work::Block(Box::new(block))
    }

    /// A name for the value at this place.
    fn name(&mut self, span: Span) -> Ident {
        let is_taken = |name: &str| self.steps.iter().any(|step| step.names[0] == *name);
        let of = |place: &str| format!("{LIFTED}{place}");
        let place = self.place.iter().map(|place| of(place));
        let mut names = place.chain((0..).map(|index| of(&ordinal(index))));
        let name = names.find(|name| !is_taken(name)).unwrap_or_default();
        Ident::new(&name, crate::place::reported_at(span))
    }
}

impl Reader<'_> {
    /// Code whose calls of modules become steps before it.
    pub(super) fn code(&mut self, mut expr: Expr) -> Work {
        let (mut lifted, written) = (Lifted::new(), expr.to_token_stream());
        self.lift(&mut expr, &mut lifted);
        lifted.before(Work::Code(expr), &written)
    }

    pub(super) fn lift(&mut self, expr: &mut Expr, lifted: &mut Lifted) {
        if let Expr::Block(ExprBlock {
            label: Some(label),
            block,
            ..
        }) = expr
            && let Some(span) = self.calls().in_block(block)
        {
            let message = format!(
                "a block with the label `{}` cannot call a module; call it in a step above",
                label.name
            );
            return self.refuse_at(span, message);
        }
        if self.calls().is_output(expr)
            || (is_branching(expr) && self.calls().inside(expr).is_some())
        {
            return self.lift_whole(expr, lifted);
        }
        match expr {
            Expr::Call(call) if let Some(module) = self.calls().made(call) => {
                let label = code_label(module.to_token_stream()).replace(' ', "");
                let message = format!(
                    "a pipeline makes its modules itself, all with its model; write the inputs in braces: `{label} {{ … }}`"
                );
                self.refuse_at(module.span(), message);
            }
            Expr::Call(call) if self.calls().is_module(&call.func) => {
                let (module, args) = (&call.func, &call.args);
                let message = format!(
                    "a module is called with braces: `{} {{ {} }}`",
                    code_label(module.to_token_stream()).replace(' ', ""),
                    code_label(args.to_token_stream()),
                );
                self.refuse_at(call.paren_token.span.join(), message);
            }
            // It is left by its label.
            Expr::Block(inner) if inner.label.is_some() => self.looped(&mut inner.block),
            Expr::Binary(binary) if is_lazy(&binary.op) => {
                self.lift(&mut binary.left, lifted);
                if self.calls().inside(&binary.right).is_some() {
                    self.lift_lazy(expr, lifted);
                } else {
                    self.lift(&mut binary.right, lifted);
                }
            }
            Expr::Macro(call) => self.lift_macro(call, lifted),
            Expr::Closure(closure) => self.refuse(
                &closure.body,
                "a closure cannot call a module; for a list, write `for item in list { … }`",
            ),
            Expr::Async(inner) => self.refuse_in_block(
                &inner.block,
                "an `async` block cannot call a module; each step waits by itself, so remove `async`",
            ),
            Expr::Unsafe(inner) => {
                self.refuse_in_block(&inner.block, "call the module in a step above this block");
            }
            Expr::Loop(repeat) => self.looped(&mut repeat.body),
            Expr::While(repeat) => self.looped(&mut repeat.body),
            Expr::ForLoop(map) => {
                self.lift(&mut map.expr, lifted);
                self.looped(&mut map.body);
            }
            Expr::Block(inner) => self.statements(&mut inner.block, lifted),
            Expr::If(choice) => {
                self.lift(&mut choice.cond, lifted);
                self.statements(&mut choice.then_branch, lifted);
                if let Some((_, other)) = &mut choice.else_branch {
                    self.lift(other, lifted);
                }
            }
            Expr::Match(route) => {
                self.lift(&mut route.expr, lifted);
                for arm in &mut route.arms {
                    self.lift(&mut arm.body, lifted);
                }
            }
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => self.leave(expr),
            other => for_each_part(other, &mut |part| self.lift(part, lifted)),
        }
    }

    /// The body of a loop in plain code, which may be left.
    fn looped(&mut self, body: &mut Block) {
        let outer = std::mem::replace(&mut self.in_code_loop, true);
        self.statements(body, &mut Lifted::new());
        self.in_code_loop = outer;
    }

    /// The statements of a block in plain code, which calls no module.
    fn statements(&mut self, block: &mut Block, lifted: &mut Lifted) {
        for statement in &mut block.stmts {
            match statement {
                Stmt::Local(local) => {
                    if let Some(init) = &mut local.init {
                        self.lift(&mut init.expr, lifted);
                        if let Some((_, diverge)) = &mut init.diverge {
                            self.lift(diverge, lifted);
                        }
                    }
                }
                Stmt::Expr(expr, _) => self.lift(expr, lifted),
                Stmt::Macro(_) | Stmt::Item(_) => {}
            }
        }
    }

    fn lift_whole(&mut self, expr: &mut Expr, lifted: &mut Lifted) {
        self.lift_as(expr, lifted, Self::expr);
    }

    fn lift_as(
        &mut self,
        expr: &mut Expr,
        lifted: &mut Lifted,
        read: impl FnOnce(&mut Self, Expr) -> Work,
    ) {
        let tokens = expr.to_token_stream();
        let end = tokens.clone().into_iter().last();
        let name = lifted.name(end.map_or_else(Span::call_site, |token| token.span()));
        let taken = std::mem::replace(expr, syn::parse_quote!(#name));
        lifted.steps.push(Step {
            work: read(self, taken),
            ..Step::new(StepKind::Let, name, tokens)
        });
    }

    /// `a && b` is `if a { b } else { false }` where `b` calls a module.
    fn lift_lazy(&mut self, expr: &mut Expr, lifted: &mut Lifted) {
        let Expr::Binary(binary) = expr else { return };
        let (left, right) = (&binary.left, &binary.right);
        let (choice, short) = match binary.op {
            syn::BinOp::And(_) => (quote!(if #left { #right } else { false }), 1),
            _ => (quote!(if #left { true } else { #right }), 0),
        };
        let Ok(mut choice) = syn::parse2::<ExprIf>(choice) else {
            return;
        };
        choice.if_token.span = binary.op.span();
        self.lift_as(expr, lifted, |reader, _| {
            let mut work = reader.choice(choice, Aim::Value);
            let route = match &mut work {
                Work::Block(block) => block.tail.as_mut(),
                work => Some(work),
            };
            if let Some(Work::Route(route)) = route {
                route.short = Some(short);
            }
            work
        });
    }

    fn lift_macro(&mut self, call: &mut ExprMacro, lifted: &mut Lifted) {
        let Some(mut arguments) = macro_call::arguments(&call.mac) else {
            if let Some(span) = self.calls().loose(call.mac.tokens.clone()) {
                let message = "call the module in a step of its own above this macro, as in `let answer = … { … };`";
                self.refuse_at(span, message);
            }
            return;
        };
        let always = macro_call::always(&call.mac);
        let before = lifted.steps.len();
        for argument in arguments.exprs.iter_mut().take(always) {
            match argument {
                Expr::Assign(named) => self.lift(&mut named.right, lifted),
                argument => self.lift(argument, lifted),
            }
        }
        for argument in arguments.exprs.iter().skip(always) {
            let message = "this is evaluated only sometimes; call the module in a step above";
            self.refuse(argument, message);
        }
        if lifted.steps.len() > before {
            call.mac = arguments.into_macro(&call.mac);
        }
    }

    pub(super) fn refuse(&mut self, expr: &Expr, message: &str) {
        let span = self.calls().inside(expr);
        span.into_iter()
            .for_each(|span| self.refuse_at(span, message));
    }

    fn refuse_in_block(&mut self, block: &Block, message: &str) {
        let span = self.calls().in_block(block);
        span.into_iter()
            .for_each(|span| self.refuse_at(span, message));
    }

    /// Calls of modules after the dots of a chain.
    pub(super) fn lift_arguments(&mut self, expr: &mut Expr, lifted: &mut Lifted) {
        match expr {
            Expr::Field(field) => self.lift_arguments(&mut field.base, lifted),
            Expr::Try(attempt) => self.lift_arguments(&mut attempt.expr, lifted),
            Expr::Await(wait) => self.lift_arguments(&mut wait.base, lifted),
            Expr::MethodCall(call) => {
                self.lift_arguments(&mut call.receiver, lifted);
                let arguments = call.args.iter_mut();
                arguments.for_each(|argument| self.lift(argument, lifted));
            }
            Expr::Index(index) => {
                self.lift_arguments(&mut index.expr, lifted);
                self.lift(&mut index.index, lifted);
            }
            _ => {}
        }
    }

    /// A module that is called and cannot fail where its caller goes on.
    pub(super) fn check_attempt(&mut self, work: &Work, postfixes: &[Postfix]) {
        let Work::Node(node) = work else { return };
        if let (graph::NodeModule::Kind { .. }, Some(Postfix::Tokens(tokens))) =
            (&node.module, postfixes.first())
            && tokens.to_string() == "?"
        {
            let message = "a call that fails ends the pipeline by itself; remove this `?`";
            self.refuse_at(tokens.span(), message);
        }
    }
}

/// Whether parts of it are evaluated only sometimes.
const fn is_branching(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::If(_) | Expr::Match(_) | Expr::ForLoop(_) | Expr::Block(_)
    )
}
