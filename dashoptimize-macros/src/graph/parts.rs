//! What expressions are made of.

use syn::{BinOp, Expr};

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
