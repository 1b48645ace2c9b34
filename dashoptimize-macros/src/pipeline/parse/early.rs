//! Statements that may end what is around them: `if … { return …; }`, `let … else { return …; }`, and `break`
//! and `continue` in a loop. All that follows such a statement is its other branch.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, ExprIf, Pat, Stmt};

use super::lift::Lifted;
use super::reader::{Reader, Within, braces};
use crate::graph::{Aim, Arm, Block, On, Route, Work};

/// Whether an `if` ends what is around it, in all its branches that are written.
pub(super) fn is_early(choice: &ExprIf) -> bool {
    let ends = choice.then_branch.stmts.last().is_some_and(leaves);
    ends && match &choice.else_branch {
        None => true,
        Some((_, other)) => matches!(&**other, Expr::If(other) if is_early(other)),
    }
}

fn leaves(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::Expr(Expr::Return(_) | Expr::Break(_) | Expr::Continue(_), _)
    )
}

impl Reader<'_> {
    /// An `if` that ends what is around it, and the rest.
    pub(super) fn early(
        &mut self,
        choice: ExprIf,
        within: Within,
        rest: &mut dyn FnMut(&mut Self) -> Block,
    ) -> Work {
        let mut lifted = Lifted::new();
        let on = self.on(*choice.cond, &mut lifted);
        let name = self.exit_name();
        let taken = self.exit(&choice.then_branch, within);
        let rest = match choice.else_branch.map(|(_, other)| *other) {
            Some(Expr::If(other)) => {
                let tokens = other.to_token_stream();
                Block::of(self.early(other, within, rest), tokens)
            }
            _ => rest(self),
        };
        let end = choice.if_token.span;
        let arms = vec![
            arm(name, taken, end, false),
            arm(String::new(), rest, end, true),
        ];
        let braces = choice.then_branch.brace_token.span.join();
        lifted.before(route(end, on, braces, arms), &TokenStream::new())
    }

    /// `let pattern = init else { … };`, and the rest.
    pub(super) fn early_let(
        &mut self,
        pat: Pat,
        mut init: Expr,
        diverge: &proc_macro2::Group,
        within: Within,
        rest: &mut dyn FnMut(&mut Self) -> Block,
    ) -> Work {
        let mut lifted = Lifted::new();
        self.lift(&mut init, &mut lifted);
        let name = self.exit_name();
        let taken = self.exit_braces(diverge, within);
        let rest = rest(self);
        let end = diverge.span_close();
        let arms = vec![
            arm(String::new(), rest, end, true),
            arm(name, taken, end, false),
        ];
        let on = On::IfLet(Box::new(pat), init);
        lifted.before(
            route(diverge.span_open(), on, diverge.span(), arms),
            &TokenStream::new(),
        )
    }

    fn exit(&mut self, block: &syn::Block, within: Within) -> Block {
        self.exit_braces(&braces(block), within)
    }

    fn exit_braces(&mut self, braces: &proc_macro2::Group, within: Within) -> Block {
        let within = match within {
            Within::Pipeline => Within::Output,
            within => within,
        };
        self.block(braces, within)
    }

    /// The names of the branches that end a pipeline: `then`, `then_2` and so on.
    fn exit_name(&mut self) -> String {
        self.exits += 1;
        match self.exits {
            1 => "then".to_owned(),
            number => format!("then_{number}"),
        }
    }
}

/// A body that goes on as long as a condition holds, which is read in each round.
pub(super) fn round(on: On, lifted: Lifted, body: Block, end: Span) -> Block {
    let mut left = Block::empty();
    left.changes.leaves = Some(true);
    let arms = vec![
        arm(String::new(), body, end, true),
        arm("else".to_owned(), left, end, false),
    ];
    let route = lifted.before(route(end, on, end, arms), &TokenStream::new());
    Block::of(route, TokenStream::new())
}

fn route(keyword: Span, on: On, braces: Span, arms: Vec<Arm>) -> Work {
    Work::Route(Box::new(Route {
        keyword,
        short: None,
        on,
        braces,
        arms,
        aim: Aim::Early,
    }))
}

fn arm(name: String, body: Block, end: Span, is_rest: bool) -> Arm {
    Arm {
        pat: None,
        guard: None,
        name,
        body,
        end,
        is_rest,
    }
}
