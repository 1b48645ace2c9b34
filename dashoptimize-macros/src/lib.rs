//! The macros of `dashoptimize`.
//!
//! All work in the same steps: tokens → `ast` (what the user wrote) → `check` (rules about more than
//! one thing) → `codegen` (cannot fail). All errors in one call are reported together, and after an
//! error `fallback` returns the user's item with stand-ins, so that one mistake causes one message.

mod bounds;
mod case;
mod crate_path;
mod diagnostics;
mod editor;
mod field_type;
mod graph;
mod if_there;
mod macro_call;
mod module;
mod nearest;
mod optimizers;
mod options;
mod picture;
mod pipeline;
mod place;
mod prompt;
mod serde_default;
mod signature;
mod stand_in;
#[cfg(test)]
mod tests;
mod tool;
mod words;

use proc_macro::TokenStream;

#[doc = include_str!("../docs/signature.md")]
#[proc_macro_attribute]
pub fn signature(args: TokenStream, item: TokenStream) -> TokenStream {
    signature::expand(args.into(), &item.into()).into()
}

#[doc = include_str!("../docs/field_type.md")]
#[proc_macro_derive(FieldType, attributes(field))]
pub fn field_type(item: TokenStream) -> TokenStream {
    field_type::expand(item.into()).into()
}

#[doc = include_str!("../docs/module.md")]
#[proc_macro]
pub fn module(items: TokenStream) -> TokenStream {
    module::expand(items.into()).into()
}

#[doc = include_str!("../docs/pipeline.md")]
#[doc = ""]
#[doc = include_str!("../docs/optimizers.md")]
#[proc_macro]
pub fn pipeline(items: TokenStream) -> TokenStream {
    let items = items.into();
    if optimizers::is_chain(&items) {
        optimizers::expand(items).into()
    } else {
        pipeline::expand(items).into()
    }
}

/// Draws a graph for the documentation of a pipeline; `pipeline!` writes its argument.
#[doc(hidden)]
#[proc_macro]
pub fn picture(input: TokenStream) -> TokenStream {
    picture::expand(input.into()).into()
}

/// The items in `#[items(…)]`; `#[tool]` writes it.
#[doc(hidden)]
#[proc_macro_derive(Items, attributes(items))]
pub fn items(item: TokenStream) -> TokenStream {
    tool::items(&item.into()).into()
}

#[doc = include_str!("../docs/include_prompt.md")]
#[proc_macro]
pub fn include_prompt(input: TokenStream) -> TokenStream {
    prompt::expand(input.into()).into()
}

#[doc = include_str!("../docs/tool.md")]
#[proc_macro_attribute]
pub fn tool(args: TokenStream, item: TokenStream) -> TokenStream {
    tool::expand(args.into(), &item.into()).into()
}

#[doc = include_str!("../docs/tools.md")]
#[proc_macro]
pub fn tools(items: TokenStream) -> TokenStream {
    tool::expand_list(items.into()).into()
}
