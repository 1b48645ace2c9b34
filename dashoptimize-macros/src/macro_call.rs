//! Macros of which it is known that their arguments are expressions.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Macro, Pat, Token};

/// The macros whose first text is a format string.
const FORMATTING: [&str; 27] = [
    "anyhow",
    "assert",
    "assert_eq",
    "assert_ne",
    "bail",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "ensure",
    "eprint",
    "eprintln",
    "error",
    "format",
    "format_args",
    "info",
    "panic",
    "print",
    "println",
    "todo",
    "trace",
    "unimplemented",
    "unreachable",
    "warn",
    "write",
    "writeln",
    "eyre",
];

/// The arguments of a macro, each an expression.
pub(crate) struct Arguments {
    pub(crate) exprs: Vec<Expr>,
    /// What is between them and around them.
    form: Form,
}

enum Form {
    Commas,
    /// `vec![value; n]`
    Repeat,
    /// `matches!(value, pattern)`: the pattern, and the guard is the second argument.
    Matches(Box<Pat>),
}

/// The arguments, if it is known what they are.
pub(crate) fn arguments(mac: &Macro) -> Option<Arguments> {
    let tokens = mac.tokens.clone();
    match &*name(mac)? {
        "vec" => commas(tokens.clone()).or_else(|| repeat(tokens)),
        "matches" => matches(tokens),
        "dbg" => commas(tokens),
        name if FORMATTING.contains(&name) => commas(tokens),
        _ => None,
    }
}

/// Whether it has a format string.
pub(crate) fn formats(mac: &Macro) -> bool {
    name(mac).is_some_and(|name| FORMATTING.contains(&&*name))
}

/// How many of the arguments are always evaluated.
pub(crate) fn always(mac: &Macro) -> usize {
    match name(mac).as_deref() {
        Some("assert" | "debug_assert" | "ensure" | "matches") => 1,
        Some("assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne") => 2,
        _ => usize::MAX,
    }
}

impl Arguments {
    /// The pattern of `matches!`, which binds names for the argument after it.
    pub(crate) fn pattern(&self) -> Option<&Pat> {
        match &self.form {
            Form::Matches(pat) => Some(pat),
            _ => None,
        }
    }

    /// The same call with these arguments.
    pub(crate) fn into_macro(self, mac: &Macro) -> Macro {
        let exprs = &self.exprs;
        let tokens = match &self.form {
            Form::Commas => quote!(#(#exprs),*),
            Form::Repeat => quote!(#(#exprs);*),
            Form::Matches(pat) => {
                let (value, guards) = (&exprs[..1], &exprs[1..]);
                quote!(#(#value)*, #pat #(if #guards)*)
            }
        };
        Macro {
            tokens,
            ..mac.clone()
        }
    }
}

fn name(mac: &Macro) -> Option<String> {
    let last = mac.path.segments.last()?;
    Some(last.ident.to_string())
}

fn commas(tokens: TokenStream) -> Option<Arguments> {
    let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
    let exprs = parser.parse2(tokens).ok()?.into_iter().collect();
    Some(Arguments {
        exprs,
        form: Form::Commas,
    })
}

fn repeat(tokens: TokenStream) -> Option<Arguments> {
    let parser = Punctuated::<Expr, Token![;]>::parse_separated_nonempty;
    let exprs = parser.parse2(tokens).ok()?.into_iter().collect();
    Some(Arguments {
        exprs,
        form: Form::Repeat,
    })
}

fn matches(tokens: TokenStream) -> Option<Arguments> {
    let parser = |input: ParseStream<'_>| {
        let value: Expr = input.parse()?;
        input.parse::<Token![,]>()?;
        let pat = Pat::parse_multi_with_leading_vert(input)?;
        let mut exprs = vec![value];
        if input.parse::<Option<Token![if]>>()?.is_some() {
            exprs.push(input.parse()?);
        }
        input.parse::<Option<Token![,]>>()?;
        Ok((exprs, pat))
    };
    let (exprs, pat) = parser.parse2(tokens).ok()?;
    Some(Arguments {
        exprs,
        form: Form::Matches(Box::new(pat)),
    })
}
