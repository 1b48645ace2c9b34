//! What a correct module expands to. Nothing here can fail.

mod delegate;
mod making;
mod needed;
mod over_module;
mod over_nothing;
mod over_signature;
mod over_state;
mod path;

use proc_macro2::{Delimiter, TokenStream};
use quote::quote;

use self::delegate::{clone, debug};
pub(crate) use self::making::set;
pub(crate) use self::needed::Needed;
pub(crate) use self::over_signature::lacks_added_field;
pub(crate) use self::over_state::over_state;
pub(super) use self::path::path_of;
use super::ast::Module;
use super::kind::Over;
use crate::crate_path::CratePath;
use crate::place::{group_at, keyword_at};

pub(super) fn module(krate: &CratePath, module: &Module) -> TokenStream {
    let Module {
        attrs, vis, ident, ..
    } = module;
    let (inner, mut items) = match &module.made_of.kind.over {
        Over::Signature { adds, .. } => over_signature::parts(krate, module, adds),
        Over::Module { constructor, .. } => over_module::parts(krate, module, constructor),
        Over::State => over_state::parts(krate, module),
        Over::Nothing => over_nothing::parts(krate, module),
    };
    items.extend([clone(ident), debug(ident)]);
    let needed = Needed::by(attrs);
    // Reported as the user's item.
    let keyword = keyword_at(module.keyword, "struct");
    // With a named field, so that a call in parentheses is one error, which shows braces.
    let inner = group_at(ident.span(), Delimiter::Brace, quote!(inner: #inner));
    quote! {
        #(#attrs)*
        #vis #keyword #ident #inner

        #(#needed #items)*
    }
}
