//! What a step does, told from its expression.
//!
//! | expression | what it is |
//! |---|---|
//! | `Path { … }` | a call of a module |
//! | `for item in list { … }` | the same for each item |
//! | `match … { … }`, `if … { … } else { … }` | one branch of several |
//! | `module … || …` | the first that succeeds |
//! | `{ …; … }` | steps inside the step |
//! | `module….field`, `module….method()` | code on the output of a module |
//! | anything else | code |

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::{BinOp, Expr, ExprForLoop, ExprIf, ExprMatch, ExprStruct, Member, Stmt};

use super::arm_name::arm_name;
use super::flow::{is_flow, whole};
use super::half_typed;
use super::lift::Lifted;
use super::node::{is_variant, node};
use super::put_away::{in_block, in_place_of};
use super::reader::{Reader, Within, braces, take};
use crate::graph::names::{bound, plain};
use crate::graph::{Aim, Arm, Block, Map, On, Postfix, Route, Work};
use crate::module::ModuleOption;
use crate::options::within;

impl Reader<'_> {
    /// Reads the expression of a step. After a mistake the tokens are kept as they are.
    pub(super) fn work(
        &mut self,
        tokens: TokenStream,
        options: &mut Vec<ModuleOption>,
        last: Span,
    ) -> Work {
        let parsed = whole(&tokens)
            .or_else(|error| half_typed::parse(tokens.clone()).ok_or_else(|| within(&error, last)));
        let parsed = parsed.map_err(|error| match self.calls().in_head(&tokens) {
            Some(span) => syn::Error::new(span, IN_HEAD),
            None => error,
        });
        let Some(expr) = self.errors.keep(parsed) else {
            return Work::Raw(tokens);
        };
        let concurrency = take(options, "concurrency");
        let before = self.refused;
        self.refuse_self(&tokens);
        let mut work = self.expr(expr);
        if self.refused > before {
            return Work::Raw(tokens);
        }
        if let Work::Code(Expr::Closure(closure)) = &mut work {
            // It owns copies of what it reads, and other steps call it.
            closure.capture.get_or_insert_with(Default::default);
        }
        match (&mut work, concurrency) {
            (Work::Map(map), concurrency) => map.concurrency = concurrency,
            (_, Some(concurrency)) => self.errors.under(
                &concurrency,
                "only a `for` has a concurrency; remove this option",
            ),
            (_, None) => {}
        }
        self.check_options(&work, options);
        work
    }

    fn check_options(&mut self, work: &Work, options: &[ModuleOption]) {
        match work {
            Work::Node(_) | Work::Then(..) | Work::Raw(_) => return,
            Work::Block(block) if block.lifted => {
                let tail = block.tail.iter();
                return tail.for_each(|tail| self.check_options(tail, options));
            }
            _ => {}
        }
        for option in options {
            let message = match work {
                Work::Map(_) => format!(
                    "`{}` is not an option of a `for`; write `concurrency = …`, or set it on a step inside",
                    option.key
                ),
                _ => format!("`{}` is for a step that calls a module", option.key),
            };
            self.errors.at(option.key.span(), message);
        }
    }

    pub(super) fn expr(&mut self, expr: Expr) -> Work {
        match expr {
            Expr::Struct(call) if is_variant(&call.path) => self.code(Expr::Struct(call)),
            Expr::Struct(call) => self.call(call),
            Expr::ForLoop(map) => self.with_end(false, |reader| reader.map(map)),
            expr if self.looks_at_an_error(&expr) => self.code(syn::parse_quote!({ #expr })),
            Expr::Match(route) => self.route(route, Aim::Value),
            Expr::If(choice) => self.choice(choice, Aim::Value),
            Expr::Block(inner) if inner.attrs.is_empty() && inner.label.is_none() => {
                let is_value = matches!(&inner.block.stmts[..], [Stmt::Expr(_, None)]);
                let has_steps = in_block(&inner.block).is_some()
                    || self.calls().in_block(&inner.block).is_some();
                match has_steps || is_value {
                    true => Work::Block(Box::new(self.body(&inner.block))),
                    false => self.code(Expr::Block(inner)),
                }
            }
            Expr::Binary(binary) if matches!(binary.op, BinOp::Or(_)) && is_flow(&binary.left) => {
                let mut alternatives = Vec::new();
                self.with_end(false, |reader| {
                    reader.alternatives(Expr::Binary(binary), &mut alternatives);
                });
                Work::Fallback(alternatives)
            }
            Expr::Group(group) => self.expr(*group.expr),
            Expr::Paren(paren)
                if !matches!(*paren.expr, Expr::Struct(_)) && is_flow(&paren.expr) =>
            {
                self.expr(*paren.expr)
            }
            // In parentheses it is the struct that it looks like.
            Expr::Paren(paren) => self.code(*paren.expr),
            Expr::Return(end) if self.at_end => self.output(end),
            Expr::Return(_) => match self.failure(&expr) {
                Some(failed) => self.code(failed),
                None => self.code(expr),
            },
            Expr::Loop(repeat) if self.calls().in_block(&repeat.body).is_some() => {
                self.refuse_at(repeat.loop_token.span, LOOP);
                Work::Raw(repeat.into_token_stream())
            }
            Expr::While(repeat) if self.calls().in_block(&repeat.body).is_some() => {
                let message =
                    "a `while` has no value; make it a statement that changes a `let mut` above it";
                self.refuse_at(repeat.while_token.span, message);
                Work::Raw(repeat.into_token_stream())
            }
            expr if is_flow(&expr) => self.then(expr),
            expr => self.code(expr),
        }
    }

    /// A choice in plain code by whether something failed: errors often cannot be copied, so they are not
    /// values for other steps.
    fn looks_at_an_error(&self, expr: &Expr) -> bool {
        let is_error = |pat: &syn::Pat| {
            let mut tokens = pat.to_token_stream().into_iter();
            tokens.any(|token| matches!(token, TokenTree::Ident(word) if word == "Err"))
        };
        let by_error = match expr {
            Expr::Match(route) => route.arms.iter().any(|arm| is_error(&arm.pat)),
            Expr::If(choice) => match &*choice.cond {
                Expr::Let(head) => choice.else_branch.is_some() && is_error(&head.pat),
                _ => false,
            },
            _ => false,
        };
        by_error && self.calls().in_step(expr).is_none() && !self.returns_inside(expr)
    }

    /// The program is not there for its steps.
    pub(super) fn refuse_self(&mut self, tokens: &TokenStream) {
        if let Some(span) = own_self(tokens) {
            let message = "a pipeline has no `self`; give it an input, or call a module as a step";
            self.refuse_at(span, message);
        }
    }

    /// `return …` where its value is the output anyway.
    fn output(&mut self, end: syn::ExprReturn) -> Work {
        match end.expr {
            Some(expr) => match self.failure_of(&expr, end.return_token.span) {
                Some(failed) => self.code(failed),
                None => self.expr(*expr),
            },
            None => {
                self.errors.at(
                    end.return_token.span,
                    "return what? write the output after this `return`",
                );
                Work::Raw(TokenStream::new())
            }
        }
    }

    /// A call of a module, with calls in its fields before it.
    fn call(&mut self, mut call: ExprStruct) -> Work {
        let (mut lifted, written) = (Lifted::new(), call.to_token_stream());
        for field in &mut call.fields {
            let place = match &field.member {
                Member::Named(name) => plain(name),
                Member::Unnamed(_) => continue,
            };
            self.lift(&mut field.expr, lifted.at(&place));
        }
        if let Some(rest) = &mut call.rest {
            self.lift(rest, lifted.at("rest"));
        }
        lifted.before(node(call, self.errors), &written)
    }

    /// `Node { … }.answer.trim()`
    fn then(&mut self, mut expr: Expr) -> Work {
        let (mut lifted, written) = (Lifted::new(), expr.to_token_stream());
        self.lift_arguments(&mut expr, &mut lifted);
        let (root, postfixes) = postfixes(expr);
        let work = self.with_end(false, |reader| reader.expr(root));
        self.check_attempt(&work, &postfixes);
        lifted.before(Work::Then(Box::new(work), postfixes), &written)
    }

    fn map(&mut self, mut map: ExprForLoop) -> Work {
        if let Some(label) = &map.label {
            let message = "a `for` cannot be left early; remove the label";
            self.errors.under(label, message);
        }
        let (mut lifted, written) = (Lifted::new(), map.to_token_stream());
        self.lift(&mut map.expr, lifted.at("list"));
        let list = peeled(*map.expr);
        let map = Work::Map(Box::new(Map {
            pat: *map.pat,
            list,
            body: self.body(&map.body),
            concurrency: None,
        }));
        lifted.before(map, &written)
    }

    pub(super) fn route(&mut self, mut route: ExprMatch, aim: Aim) -> Work {
        let (mut lifted, written) = (Lifted::new(), route.to_token_stream());
        self.lift(&mut route.expr, lifted.at("head"));
        let mut arms: Vec<Arm> = Vec::new();
        for arm in route.arms {
            let (pat, guard) = match arm.pat {
                syn::Pat::Guard(guarded) => (*guarded.pat, Some(*guarded.guard)),
                pat => (pat, None),
            };
            if let Some(guard) = &guard {
                self.refuse(
                    guard,
                    "a guard cannot call a module; call it in a step above the `match`",
                );
            }
            arms.push(Arm {
                name: arm_name(&pat, &arms),
                pat: Some(pat),
                guard,
                end: end_of(&arm.body),
                body: self.branch_for(*arm.body, aim),
                is_rest: false,
            });
        }
        let route = Work::Route(Box::new(Route {
            keyword: route.match_token.span,
            short: None,
            on: On::Match(peeled(*route.expr)),
            braces: route.brace_token.span.join(),
            arms,
            aim,
        }));
        lifted.before(route, &written)
    }

    /// `if … { … } else { … }`
    pub(super) fn choice(&mut self, choice: ExprIf, aim: Aim) -> Work {
        let (mut lifted, written) = (Lifted::new(), choice.to_token_stream());
        let on = self.on(*choice.cond, &mut lifted);
        let then = self.body_for(&choice.then_branch, aim);
        let other = match choice.else_branch {
            Some((_, other)) => self.branch_for(*other, aim),
            None if aim == Aim::Changes => Block::empty(),
            None => {
                let message = "a step needs a value in both branches; write `else { … }`";
                self.errors.at(choice.if_token.span, message);
                Block::of(Work::Raw(TokenStream::new()), TokenStream::new())
            }
        };
        let end = choice.if_token.span;
        let arm = |name: &str, body| Arm {
            pat: None,
            guard: None,
            name: name.to_owned(),
            body,
            end,
            is_rest: false,
        };
        let route = Work::Route(Box::new(Route {
            keyword: end,
            short: None,
            on,
            braces: choice.then_branch.brace_token.span.join(),
            arms: vec![arm("then", then), arm("else", other)],
            aim,
        }));
        lifted.before(route, &written)
    }

    /// A condition.
    pub(super) fn on(&mut self, mut condition: Expr, lifted: &mut Lifted) -> On {
        if is_chain(&condition) {
            let message = "call the module in a step above, and use its value in this condition";
            self.refuse(&condition, message);
            return self.chain(condition);
        }
        self.lift(&mut condition, lifted.at("condition"));
        match condition {
            Expr::Let(pattern) => On::IfLet(pattern.pat, peeled(*pattern.expr)),
            condition => On::If(peeled(condition)),
        }
    }

    /// `a && let Some(b) = c` is `let Some((b,)) = if a && let Some(b) = c { Some((b,)) } else { None }`.
    fn chain(&mut self, condition: Expr) -> On {
        let mut names = Vec::new();
        let mut condition = condition;
        each_let(&mut condition, &mut |pat| names.extend(bound(pat)));
        let some = quote!(::core::option::Option::Some);
        let pat = syn::Pat::parse_single.parse2(quote!(#some((#(#names,)*))));
        let value = syn::parse_quote!({
            if #condition { #some((#(#names,)*)) } else { ::core::option::Option::None }
        });
        match pat {
            Ok(pat) => On::IfLet(Box::new(pat), value),
            Err(_) => On::If(condition),
        }
    }

    fn branch_for(&mut self, expr: Expr, aim: Aim) -> Block {
        match (aim, expr) {
            (Aim::Changes, Expr::Block(inner)) => self.body_for(&inner.block, aim),
            (Aim::Changes, expr) => {
                let mut braces = Group::new(Delimiter::Brace, quote!(#expr;));
                braces.set_span(end_of(&expr));
                self.block(&braces, Within::Statement)
            }
            (_, expr) => self.branch(expr),
        }
    }

    fn body_for(&mut self, statements: &syn::Block, aim: Aim) -> Block {
        match aim {
            Aim::Changes => self.block(&braces(statements), Within::Statement),
            _ => self.body(statements),
        }
    }

    fn alternatives(&mut self, expr: Expr, alternatives: &mut Vec<Block>) {
        match expr {
            Expr::Binary(binary) if matches!(binary.op, BinOp::Or(_)) => {
                self.alternatives(*binary.left, alternatives);
                alternatives.push(self.branch(*binary.right));
            }
            expr => alternatives.push(self.branch(expr)),
        }
    }

    /// The body of an arm or an alternative: steps in braces, or one expression.
    fn branch(&mut self, expr: Expr) -> Block {
        let half_typed = in_place_of(&expr);
        let tokens = half_typed.clone().unwrap_or_else(|| expr.to_token_stream());
        let work = match half_typed {
            Some(tokens) => self.work(tokens, &mut Vec::new(), end_of(&expr)),
            None => self.expr(expr),
        };
        match work {
            Work::Block(block) => *block,
            work => Block::of(work, tokens),
        }
    }

    fn body(&mut self, statements: &syn::Block) -> Block {
        let within = match self.at_end {
            true => Within::Output,
            false => Within::Step,
        };
        self.block(&braces(statements), within)
    }
}

pub(super) const IN_HEAD: &str =
    "here a call of a module stands in parentheses, as in `match (Node { … }.answer) { … }`";

const LOOP: &str = "a `loop` that calls a module has no value; write `#[with(at_most = 3)] loop { … }` as a statement \
                    that changes a `let mut` above it";

/// An expression, and what follows its dots.
fn postfixes(expr: Expr) -> (Expr, Vec<Postfix>) {
    let mut postfixes = Vec::new();
    let mut expr = expr;
    let root = loop {
        expr = match expr {
            Expr::Field(field) => {
                postfixes.push(Postfix::Field(field.member));
                *field.base
            }
            Expr::MethodCall(call) => {
                let (method, turbofish, args) = (&call.method, &call.turbofish, &call.args);
                postfixes.push(Postfix::Tokens(quote!(.#method #turbofish (#args))));
                *call.receiver
            }
            Expr::Try(attempt) => {
                postfixes.push(Postfix::Tokens(attempt.question_token.to_token_stream()));
                *attempt.expr
            }
            Expr::Await(wait) => {
                let dot = wait.dot_token;
                let word = wait.await_token;
                postfixes.push(Postfix::Tokens(quote!(#dot #word)));
                *wait.base
            }
            Expr::Index(index) => {
                let place = &index.index;
                postfixes.push(Postfix::Tokens(quote!([#place])));
                *index.expr
            }
            root => break root,
        };
    };
    postfixes.reverse();
    (root, postfixes)
}

/// Without the parentheses that Rust wants around a struct literal in a head.
fn peeled(expr: Expr) -> Expr {
    match expr {
        Expr::Paren(paren) => peeled(*paren.expr),
        expr => expr,
    }
}

/// Whether a condition has a `let` beside others.
fn is_chain(condition: &Expr) -> bool {
    let mut found = false;
    each_let(&mut condition.clone(), &mut |_| found = true);
    found && matches!(condition, Expr::Binary(_))
}

/// The patterns of a condition, without those of other conditions inside.
fn each_let(condition: &mut Expr, each: &mut dyn FnMut(&syn::Pat)) {
    match condition {
        Expr::Let(pattern) => each(&pattern.pat),
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
            each_let(&mut binary.left, each);
            each_let(&mut binary.right, each);
        }
        _ => {}
    }
}

/// `self` and not `self::`
fn own_self(tokens: &TokenStream) -> Option<Span> {
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let found = match token {
            TokenTree::Group(group) => own_self(&group.stream()),
            TokenTree::Ident(word) if word == "self" => {
                let is_path = |next: &TokenTree| matches!(next, TokenTree::Punct(sign) if sign.as_char() == ':');
                (!tokens.peek().is_some_and(is_path)).then(|| word.span())
            }
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn end_of(expr: &Expr) -> Span {
    let last = expr.to_token_stream().into_iter().last();
    last.map_or_else(Span::call_site, |token| token.span())
}
