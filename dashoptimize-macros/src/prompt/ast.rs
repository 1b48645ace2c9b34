//! A call as the user wrote it: `Rag, "prompts/rag.json"`.

use proc_macro2::{Span, TokenStream};
use syn::{Expr, LitStr, Type};

use crate::diagnostics::Diagnostics;
use crate::options::split_at_commas;
use crate::words::text_literal;

/// What could be read of a call, and the errors in the rest.
pub(super) struct Sketch {
    /// The type of the program.
    pub(super) program: Option<Type>,
    /// The path of the file.
    pub(super) path: Option<LitStr>,
    pub(super) errors: Diagnostics,
}

const EXAMPLE: &str = "as in `include_prompt!(Rag, \"prompts/rag.json\")`";

impl Sketch {
    pub(super) fn parse(input: TokenStream) -> Self {
        let mut errors = Diagnostics::default();
        let mut pieces = split_at_commas(input).into_iter();
        let (program, path) = match (pieces.next(), pieces.next()) {
            (None, _) => {
                let message = format!("write the program's type and its file here, {EXAMPLE}");
                // There is no token to put it under.
                errors.at(Span::call_site(), message);
                (None, None)
            }
            (Some(only), None) if syn::parse2::<LitStr>(only.clone()).is_ok() => {
                let message = format!("the type of the program comes before its file, {EXAMPLE}");
                errors.under(&only, message);
                (None, errors.keep(path(only)))
            }
            (Some(only), None) => {
                let message = format!("which file? write its path after the type, {EXAMPLE}");
                let program = errors.keep(program(only.clone()));
                if program.is_some() {
                    errors.under(only, message);
                }
                (program, None)
            }
            (Some(first), Some(second)) => {
                let program = errors.keep(program(first));
                (program, errors.keep(path(second)))
            }
        };
        for more in pieces {
            errors.under(more, "a program has one file; remove this");
        }
        Self {
            program,
            path,
            errors,
        }
    }
}

fn program(piece: TokenStream) -> syn::Result<Type> {
    syn::parse2(piece.clone()).map_err(|_| {
        syn::Error::new_spanned(
            piece,
            format!("the type of the program is written here, {EXAMPLE}"),
        )
    })
}

fn path(piece: TokenStream) -> syn::Result<LitStr> {
    match syn::parse2::<Expr>(piece.clone()).map(text_literal) {
        Ok(Ok(path)) => Ok(path),
        _ => Err(syn::Error::new_spanned(
            piece,
            format!(
                "the path must be a string literal, because the file is read at compile time, {EXAMPLE}"
            ),
        )),
    }
}
