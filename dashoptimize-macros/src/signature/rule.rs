//! The rules inside `check(…)` and `assert(…)`.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprLit, ExprRange, ExprUnary, Lit, RangeLimits, UnOp};

use crate::diagnostics::Diagnostics;
use crate::options::{split_at_commas, within};
use crate::words::peeled;

/// A rule on a field's value.
pub(crate) struct Rule {
    pub(crate) constraint: Constraint,
    pub(crate) on_fail: OnFail,
}

/// `check` or `assert`.
#[derive(Clone, Copy)]
pub(crate) enum OnFail {
    Report,
    Reject,
}

/// What must hold.
pub(crate) enum Constraint {
    /// `0.0..=1.0`
    Range {
        bounds: Bounds,
        written: TokenStream,
    },
    /// `len(1..=200)`
    Length {
        bounds: Bounds,
        written: TokenStream,
    },
    /// `is_valid, "must be valid"`
    Custom { test: Expr, words: Expr },
}

impl Constraint {
    /// The tokens of the rule; those of a test are its function.
    pub(super) fn written(&self) -> TokenStream {
        match self {
            Self::Range { written, .. } | Self::Length { written, .. } => written.clone(),
            Self::Custom { test, .. } => test.to_token_stream(),
        }
    }

    /// Whether two rules of one kind have no value in common, as far as literals tell.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Range { bounds: a, .. }, Self::Range { bounds: b, .. })
            | (Self::Length { bounds: a, .. }, Self::Length { bounds: b, .. }) => {
                a.is_below(b) || b.is_below(a)
            }
            _ => false,
        }
    }
}

/// Both ends of a range. An open end is `None`.
pub(crate) struct Bounds {
    pub(crate) min: Option<Expr>,
    pub(crate) max: Option<Expr>,
}

impl Rule {
    /// The rules of a list. Those that cannot be read are reported and left out.
    pub(super) fn list(
        tokens: TokenStream,
        on_fail: OnFail,
        errors: &mut Diagnostics,
    ) -> Vec<Self> {
        let mut constraints = Vec::new();
        let mut pieces = split_at_commas(tokens).into_iter();
        while let Some(piece) = pieces.next() {
            let Some(expr) = errors.keep(parse_expr(piece)) else {
                continue;
            };
            let constraint = match expr {
                Expr::Range(range) => parse_range(range),
                Expr::Call(call) => parse_length(&call),
                test @ (Expr::Path(_) | Expr::Closure(_)) => parse_test(test, pieces.next()),
                other => Err(not_a_rule(&other)),
            };
            constraints.extend(errors.keep(constraint));
        }
        let rules = constraints.into_iter();
        rules
            .map(|constraint| Self {
                constraint,
                on_fail,
            })
            .collect()
    }
}

fn parse_expr(piece: TokenStream) -> syn::Result<Expr> {
    let last = piece
        .clone()
        .into_iter()
        .last()
        .map_or_else(Span::call_site, |token| token.span());
    let expr = syn::parse2(piece).map_err(|error| within(&error, last))?;
    Ok(peeled(expr))
}

fn not_a_rule(found: &Expr) -> syn::Error {
    let message = match found {
        Expr::Lit(ExprLit {
            lit: Lit::Str(_), ..
        }) => "a text follows a test of your own, as in `check(is_valid, \"must be valid\")`",
        _ => {
            "a rule is a range such as `0.0..=1.0`, a length such as `len(1..=200)`, or a test \
              and its text such as `is_valid, \"must be valid\"`"
        }
    };
    syn::Error::new_spanned(found, message)
}

fn parse_range(range: ExprRange) -> syn::Result<Constraint> {
    let written = range.to_token_stream();
    let bounds = Bounds::parse(range)?;
    let ends = (
        bounds.min.as_ref().and_then(number),
        bounds.max.as_ref().and_then(number),
    );
    check_order(ends, &written)?;
    Ok(Constraint::Range { bounds, written })
}

fn parse_length(call: &ExprCall) -> syn::Result<Constraint> {
    let written = call.to_token_stream();
    let name = call.func.to_token_stream();
    if name.to_string() != "len" {
        return Err(syn::Error::new_spanned(
            &name,
            format!(
                "`{name}` is not a rule; write `len(…)`, or a test of your own and its text such \
                 as `is_valid, \"must be valid\"`"
            ),
        ));
    }
    let (Some(Expr::Range(range)), 1) = (call.args.first().cloned().map(peeled), call.args.len())
    else {
        let message = "`len` takes one range, such as `len(1..=200)`";
        return Err(match call.args.is_empty() {
            true => syn::Error::new_spanned(&name, message),
            false => syn::Error::new_spanned(&call.args, message),
        });
    };
    let bounds = Bounds::parse(range)?;
    let ends = (
        bounds.min.as_ref().map(count),
        bounds.max.as_ref().map(count),
    );
    let ends = (ends.0.transpose()?.flatten(), ends.1.transpose()?.flatten());
    check_order(ends, &call.args)?;
    Ok(Constraint::Length { bounds, written })
}

fn parse_test(test: Expr, words: Option<TokenStream>) -> syn::Result<Constraint> {
    let missing = |node: &dyn ToTokens| {
        let message = "say in words what must hold, as in `check(is_valid, \"must be valid\")`";
        syn::Error::new_spanned(node.to_token_stream(), message)
    };
    match words.map(parse_expr).transpose()? {
        None => Err(missing(&test)),
        Some(words @ (Expr::Range(_) | Expr::Call(_) | Expr::Closure(_))) => Err(missing(&words)),
        Some(words) => Ok(Constraint::Custom { test, words }),
    }
}

impl Bounds {
    fn is_below(&self, other: &Self) -> bool {
        let max = self.max.as_ref().and_then(number);
        let min = other.min.as_ref().and_then(number);
        matches!((max, min), (Some(max), Some(min)) if max < min)
    }

    fn parse(range: ExprRange) -> syn::Result<Self> {
        let written = range.to_token_stream();
        if let (RangeLimits::HalfOpen(dots), Some(end)) = (&range.limits, &range.end) {
            let start = range.start.to_token_stream();
            return Err(syn::Error::new(
                dots.spans[0],
                format!(
                    "the range of a rule includes its upper end; write `{start}..={}`",
                    end.to_token_stream()
                ),
            ));
        }
        if range.start.is_none() && range.end.is_none() {
            let message = "`..` allows everything; add an end, as in `0..` or `..=10`";
            return Err(syn::Error::new_spanned(written, message));
        }
        Ok(Self {
            min: range.start.map(|end| bound(*end)).transpose()?,
            max: range.end.map(|end| bound(*end)).transpose()?,
        })
    }
}

/// An end of a range. Whether a const is a number is left to rustc.
fn bound(expr: Expr) -> syn::Result<Expr> {
    let expr = peeled(expr);
    match &expr {
        Expr::Lit(_) if number(&expr).is_none() => Err(syn::Error::new_spanned(
            expr,
            "an end of a range must be a number",
        )),
        _ => Ok(expr),
    }
}

fn check_order(ends: (Option<f64>, Option<f64>), written: &dyn ToTokens) -> syn::Result<()> {
    match ends {
        (Some(min), Some(max)) if min > max => Err(syn::Error::new_spanned(
            written.to_token_stream(),
            "this range is empty; the smaller end comes first",
        )),
        _ => Ok(()),
    }
}

/// A number literal.
pub(crate) fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Int(int) => int.base10_digits().parse().ok(),
            Lit::Float(float) => float.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => number(expr).map(|number| -number),
        Expr::Group(group) => number(&group.expr),
        _ => None,
    }
}

/// A count literal. Other expressions are left to rustc.
fn count(expr: &Expr) -> syn::Result<Option<f64>> {
    match number(expr) {
        Some(number) if number < 0.0 || number.fract() != 0.0 => Err(syn::Error::new(
            expr.span(),
            "a length is a whole number, 0 or more",
        )),
        number => Ok(number),
    }
}
