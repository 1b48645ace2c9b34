//! Names that are generated.

use proc_macro2::{Ident, Span};

use crate::place::reported_at;

/// A name that cannot conflict with the user's names.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A generated name that rustc reports under the user's token.
pub(super) fn under(name: &str, span: Span) -> Ident {
    Ident::new(name, reported_at(span))
}

/// A generated name that rustc reports under the user's token, and for which it suggests nothing.
pub(super) fn hidden(name: &str, span: Span) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(reported_at(span)))
}
