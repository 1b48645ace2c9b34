//! What expressions are made of.

use syn::{BinOp, Block, Expr, Pat, Stmt};

use crate::macro_call;

/// Calls `each` with the expressions directly inside one, in the order in which they are evaluated: those
/// that are evaluated whenever it is. Bodies of closures, blocks and branches, and macros, are not among them.
pub(crate) fn for_each_part(expr: &mut Expr, each: &mut dyn FnMut(&mut Expr)) {
    match expr {
        Expr::Array(array) => array.elems.iter_mut().for_each(each),
        Expr::Tuple(tuple) => tuple.elems.iter_mut().for_each(each),
        Expr::Assign(assign) => {
            each(&mut assign.right);
            each(&mut assign.left);
        }
        Expr::Await(wait) => each(&mut wait.base),
        Expr::Binary(binary) => {
            each(&mut binary.left);
            if !is_lazy(&binary.op) {
                each(&mut binary.right);
            }
        }
        Expr::Break(leave) => leave.expr.iter_mut().for_each(|expr| each(expr)),
        Expr::Call(call) => {
            each(&mut call.func);
            call.args.iter_mut().for_each(each);
        }
        Expr::Cast(cast) => each(&mut cast.expr),
        Expr::Field(field) => each(&mut field.base),
        Expr::Group(group) => each(&mut group.expr),
        Expr::If(choice) => each(&mut choice.cond),
        Expr::Index(index) => {
            each(&mut index.expr);
            each(&mut index.index);
        }
        Expr::Let(pattern) => each(&mut pattern.expr),
        Expr::ForLoop(map) => each(&mut map.expr),
        Expr::Match(route) => each(&mut route.expr),
        Expr::MethodCall(call) => {
            each(&mut call.receiver);
            call.args.iter_mut().for_each(each);
        }
        Expr::Paren(paren) => each(&mut paren.expr),
        Expr::Range(range) => {
            let ends = range.start.iter_mut().chain(&mut range.end);
            ends.for_each(|end| each(end));
        }
        Expr::RawAddr(place) => each(&mut place.expr),
        Expr::Reference(reference) => each(&mut reference.expr),
        Expr::Repeat(repeat) => {
            each(&mut repeat.expr);
            each(&mut repeat.len);
        }
        Expr::Return(end) => end.expr.iter_mut().for_each(|expr| each(expr)),
        Expr::Struct(literal) => {
            literal
                .fields
                .iter_mut()
                .for_each(|field| each(&mut field.expr));
            literal.rest.iter_mut().for_each(|rest| each(rest));
        }
        Expr::Try(attempt) => each(&mut attempt.expr),
        Expr::Unary(unary) => each(&mut unary.expr),
        Expr::Yield(made) => made.expr.iter_mut().for_each(|expr| each(expr)),
        _ => {}
    }
}

/// Whether the right side is evaluated only sometimes.
pub(crate) const fn is_lazy(op: &BinOp) -> bool {
    matches!(op, BinOp::And(_) | BinOp::Or(_))
}

/// Calls `each` with an expression and everything in it, the outermost first.
pub(crate) fn for_each_inside(expr: &mut Expr, each: &mut dyn FnMut(&mut Expr)) {
    each(expr);
    match expr {
        Expr::Closure(closure) => for_each_inside(&mut closure.body, each),
        Expr::Async(inner) => in_block(&mut inner.block, each),
        Expr::Block(inner) => in_block(&mut inner.block, each),
        Expr::Unsafe(inner) => in_block(&mut inner.block, each),
        Expr::Loop(inner) => in_block(&mut inner.body, each),
        Expr::While(inner) => {
            for_each_inside(&mut inner.cond, each);
            in_block(&mut inner.body, each);
        }
        Expr::ForLoop(inner) => {
            for_each_inside(&mut inner.expr, each);
            in_block(&mut inner.body, each);
        }
        Expr::If(inner) => {
            for_each_inside(&mut inner.cond, each);
            in_block(&mut inner.then_branch, each);
            let other = inner.else_branch.iter_mut();
            other.for_each(|(_, other)| for_each_inside(other, each));
        }
        Expr::Match(inner) => {
            for_each_inside(&mut inner.expr, each);
            let arms = inner.arms.iter_mut();
            arms.for_each(|arm| for_each_inside(&mut arm.body, each));
        }
        Expr::Binary(inner) => {
            for_each_inside(&mut inner.left, each);
            for_each_inside(&mut inner.right, each);
        }
        Expr::Macro(call) => {
            let arguments = macro_call::arguments(&call.mac).into_iter();
            arguments
                .flat_map(|arguments| arguments.exprs)
                .for_each(|mut argument| for_each_inside(&mut argument, each));
        }
        other => for_each_part(other, &mut |part| for_each_inside(part, each)),
    }
}

fn in_block(block: &mut Block, each: &mut dyn FnMut(&mut Expr)) {
    for statement in &mut block.stmts {
        match statement {
            Stmt::Local(local) => {
                if let Some(init) = &mut local.init {
                    for_each_inside(&mut init.expr, each);
                    let diverge = init.diverge.iter_mut();
                    diverge.for_each(|(_, diverge)| for_each_inside(diverge, each));
                }
            }
            Stmt::Expr(expr, _) => for_each_inside(expr, each),
            Stmt::Macro(call) => {
                let (attrs, mac) = (Vec::new(), call.mac.clone());
                for_each_inside(&mut Expr::Macro(syn::ExprMacro { attrs, mac }), each);
            }
            Stmt::Item(_) => {}
        }
    }
}

/// Calls `each` with every pattern in an expression.
pub(crate) fn for_each_pattern(expr: &mut Expr, each: &mut dyn FnMut(&Pat)) {
    let mut of_block = |block: &Block| {
        for statement in &block.stmts {
            if let Stmt::Local(local) = statement {
                each(&local.pat);
            }
        }
    };
    for_each_inside(expr, &mut |part| match part {
        Expr::Async(inner) => of_block(&inner.block),
        Expr::Block(inner) => of_block(&inner.block),
        Expr::Unsafe(inner) => of_block(&inner.block),
        Expr::Loop(inner) => of_block(&inner.body),
        Expr::While(inner) => of_block(&inner.body),
        Expr::If(inner) => of_block(&inner.then_branch),
        _ => {}
    });
    for_each_inside(expr, &mut |part| match part {
        Expr::Closure(closure) => closure.inputs.iter().for_each(&mut *each),
        Expr::ForLoop(inner) => {
            each(&inner.pat);
            let locals = inner
                .body
                .stmts
                .iter()
                .filter_map(|statement| match statement {
                    Stmt::Local(local) => Some(&local.pat),
                    _ => None,
                });
            locals.for_each(&mut *each);
        }
        Expr::Let(inner) => each(&inner.pat),
        Expr::Match(inner) => inner.arms.iter().for_each(|arm| each(&arm.pat)),
        _ => {}
    });
}
