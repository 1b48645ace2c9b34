//! Errors collected during one macro call, so that a user sees all of them together.

use proc_macro2::Span;
use quote::ToTokens;

/// Errors found so far. They are returned by [`finish`](Self::finish).
#[derive(Default)]
#[must_use]
pub(crate) struct Diagnostics {
    errors: Option<syn::Error>,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            None => self.errors = Some(error),
        }
    }

    /// An error under one token.
    pub(crate) fn at(&mut self, span: Span, message: impl Into<String>) {
        self.push(syn::Error::new(span, message.into()));
    }

    /// An error under all tokens of a node.
    pub(crate) fn under(&mut self, node: impl ToTokens, message: impl Into<String>) {
        self.push(syn::Error::new_spanned(
            node.into_token_stream(),
            message.into(),
        ));
    }

    /// Stores the error of a failed step, so that the caller can continue without its value.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn finish<T>(self, value: T) -> syn::Result<T> {
        match self.errors {
            Some(errors) => Err(errors),
            None => Ok(value),
        }
    }
}
