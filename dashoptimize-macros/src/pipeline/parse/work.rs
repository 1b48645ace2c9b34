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

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{BinOp, Expr, ExprForLoop, ExprIf, ExprMatch};

use super::arm_name::arm_name;
use super::flow::{is_flow, whole};
use super::half_typed;
use super::node::node;
use super::put_away::in_place_of;
use super::reader::{Reader, Within, braces, take};
use crate::graph::{Arm, Block, Map, On, Postfix, Route, Work};
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
        let Some(expr) = self.errors.keep(parsed) else {
            return Work::Raw(tokens);
        };
        let concurrency = take(options, "concurrency");
        let mut work = self.expr(expr);
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
        if matches!(work, Work::Node(_) | Work::Then(..)) {
            return;
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

    fn expr(&mut self, expr: Expr) -> Work {
        match expr {
            Expr::Struct(call) => node(call, self.errors),
            Expr::ForLoop(map) => self.map(map),
            Expr::Match(route) => self.route(route),
            Expr::If(choice) => self.choice(choice),
            Expr::Block(inner) if inner.attrs.is_empty() && inner.label.is_none() => {
                Work::Block(Box::new(self.body(&inner.block)))
            }
            Expr::Binary(binary) if matches!(binary.op, BinOp::Or(_)) && is_flow(&binary.left) => {
                let mut alternatives = Vec::new();
                self.alternatives(Expr::Binary(binary), &mut alternatives);
                Work::Fallback(alternatives)
            }
            Expr::Group(group) => self.expr(*group.expr),
            Expr::Paren(paren)
                if !matches!(*paren.expr, Expr::Struct(_)) && is_flow(&paren.expr) =>
            {
                self.expr(*paren.expr)
            }
            // In parentheses it is the struct that it looks like.
            Expr::Paren(paren) => Work::Code(*paren.expr),
            expr if is_flow(&expr) => self.then(expr),
            expr => Work::Code(expr),
        }
    }

    /// `Node { … }.answer.trim()`
    fn then(&mut self, expr: Expr) -> Work {
        let (root, postfixes) = postfixes(expr);
        Work::Then(Box::new(self.expr(root)), postfixes)
    }

    fn map(&mut self, map: ExprForLoop) -> Work {
        if let Some(label) = &map.label {
            let message = "a `for` cannot be left early; remove the label";
            self.errors.under(label, message);
        }
        Work::Map(Box::new(Map {
            pat: *map.pat,
            list: *map.expr,
            body: self.body(&map.body),
            concurrency: None,
        }))
    }

    fn route(&mut self, route: ExprMatch) -> Work {
        let mut arms: Vec<Arm> = Vec::new();
        for arm in route.arms {
            let (pat, guard) = match arm.pat {
                syn::Pat::Guard(guarded) => (*guarded.pat, Some(*guarded.guard)),
                pat => (pat, None),
            };
            arms.push(Arm {
                name: arm_name(&pat, &arms),
                pat: Some(pat),
                guard,
                end: end_of(&arm.body),
                body: self.branch(*arm.body),
            });
        }
        Work::Route(Box::new(Route {
            on: On::Match(*route.expr),
            braces: route.brace_token.span.join(),
            arms,
        }))
    }

    /// `if … { … } else { … }`
    fn choice(&mut self, choice: ExprIf) -> Work {
        let on = match *choice.cond {
            Expr::Let(pattern) => On::IfLet(pattern.pat, *pattern.expr),
            condition => On::If(condition),
        };
        let then = self.body(&choice.then_branch);
        let other = match choice.else_branch {
            Some((_, other)) => self.branch(*other),
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
        };
        Work::Route(Box::new(Route {
            on,
            braces: choice.then_branch.brace_token.span.join(),
            arms: vec![arm("then", then), arm("else", other)],
        }))
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
        self.block(&braces(statements), Within::Step)
    }
}

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

fn end_of(expr: &Expr) -> Span {
    let last = expr.to_token_stream().into_iter().last();
    last.map_or_else(Span::call_site, |token| token.span())
}
