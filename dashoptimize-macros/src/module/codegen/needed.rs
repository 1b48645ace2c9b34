//! What the impls of an item need of its attributes.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Attribute;

/// The attributes of the item that its impls must have as well.
pub(crate) struct Needed<'a> {
    cfgs: Vec<&'a Attribute>,
    deprecated: bool,
}

impl<'a> Needed<'a> {
    pub(crate) fn by(attrs: &'a [Attribute]) -> Self {
        let is = |attr: &Attribute, name| attr.path().is_ident(name);
        Self {
            cfgs: attrs.iter().filter(|attr| is(attr, "cfg")).collect(),
            deprecated: attrs.iter().any(|attr| is(attr, "deprecated")),
        }
    }
}

impl ToTokens for Needed<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let cfgs = &self.cfgs;
        let allow = self.deprecated.then(|| quote!(#[allow(deprecated)]));
        tokens.extend(quote!(#(#cfgs)* #allow));
    }
}
