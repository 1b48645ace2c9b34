//! `return`, `break` and `continue`.

use proc_macro2::Span;
use quote::ToTokens;
use syn::Expr;
use syn::spanned::Spanned;

use super::reader::Reader;

impl Reader<'_> {
    /// One inside of code, or of a step whose value others wait for. An error ends the pipeline from
    /// everywhere; nothing else can.
    pub(super) fn leave(&mut self, expr: &mut Expr) {
        if self.in_code_loop && !matches!(expr, Expr::Return(_)) {
            return;
        }
        if let Some(Expr::Try(mut failed)) = self.failure(expr) {
            if let Expr::Call(call) = &mut *failed.expr {
                *call.func = syn::parse_quote!(
                    ::core::result::Result::Err::<::core::convert::Infallible, _>
                );
            }
            *expr = syn::parse_quote!(match #failed {});
            return;
        }
        let (keyword, message) = match expr {
            Expr::Return(end) => (
                end.return_token.to_token_stream(),
                "a step cannot end the pipeline with a value; write `if … { return …; }` as a statement of its \
                 own, or `Err(…)?`",
            ),
            Expr::Break(leave) => (leave.break_token.to_token_stream(), LEAVE),
            Expr::Continue(leave) => (leave.continue_token.to_token_stream(), LEAVE),
            _ => return,
        };
        self.refuse_at(keyword.span(), message);
    }

    /// `return Err(…)` in a pipeline whose output is not a `Result`.
    pub(super) fn failure(&self, expr: &Expr) -> Option<Expr> {
        let Expr::Return(end) = expr else { return None };
        self.failure_of(end.expr.as_deref()?, end.return_token.span)
    }

    /// `Err(…)` after a `return`.
    pub(super) fn failure_of(&self, expr: &Expr, keyword: Span) -> Option<Expr> {
        let Expr::Call(call) = expr else { return None };
        let is_error = matches!(&*call.func, Expr::Path(path) if path.path.is_ident("Err"));
        (is_error && !self.output_is_result).then(|| {
            let mut question: syn::Token![?] = syn::parse_quote!(?);
            question.span = keyword;
            Expr::Try(syn::ExprTry {
                attrs: Vec::new(),
                expr: Box::new(Expr::Call(call.clone())),
                question_token: question,
            })
        })
    }
}

const LEAVE: &str = "only a statement of its own leaves a loop; write `if … { break; }` in a `while`, and give a \
                     `for` that makes a list a filtered list";
