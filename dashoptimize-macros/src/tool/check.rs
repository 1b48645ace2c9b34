//! Rules on the function as a whole. Rules about one argument are checked where it is parsed.

use quote::ToTokens;
use syn::{ReturnType, Type};

use super::ast::Tool;
use crate::diagnostics::Diagnostics;

pub(super) fn check(tool: &Tool) -> syn::Result<()> {
    let mut errors = Diagnostics::default();
    check_name(tool, &mut errors);
    check_not_generic(tool, &mut errors);
    check_can_be_called(tool, &mut errors);
    check_result(tool, &mut errors);
    errors.finish(())
}

// The strictest provider accepts no others, and a name that only some accept would fail late.
fn check_name(tool: &Tool, errors: &mut Diagnostics) {
    let is_name_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let name = &tool.name;
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_name_char) {
        let message = format!(
            "`{name}` cannot be the name of a tool; set one of at most 64 letters, digits, `_` and `-` \
             with `#[tool(name = \"…\")]`"
        );
        errors.at(tool.name_span, message);
    }
}

// The schema is written at compile time.
fn check_not_generic(tool: &Tool, errors: &mut Diagnostics) {
    let generics = &tool.function.sig.generics;
    let message =
        "a tool cannot be generic, because the model must be told what to write; name the types";
    if !generics.params.is_empty() {
        errors.under(generics, message);
    } else if let Some(bounds) = &generics.where_clause {
        errors.under(bounds, message);
    }
}

fn check_can_be_called(tool: &Tool, errors: &mut Diagnostics) {
    let sig = &tool.function.sig;
    if let syn::Safety::Unsafe(token) = &sig.safety {
        errors.at(
            token.span,
            "a model cannot guarantee what an `unsafe fn` requires; wrap it in a safe function",
        );
    }
    if let Some(abi) = &sig.abi {
        errors.under(
            abi.to_token_stream(),
            "a tool is a Rust function; remove this",
        );
    }
    if let Some(variadic) = &sig.variadic {
        errors.under(
            variadic.to_token_stream(),
            "a tool has a fixed number of arguments",
        );
    }
}

// rustc reports a type that cannot be returned under its name, which this one lacks.
fn check_result(tool: &Tool, errors: &mut Diagnostics) {
    if let ReturnType::Type(_, ty) = &tool.function.sig.output
        && let Type::ImplTrait(_) = &**ty
    {
        errors.under(
            ty.to_token_stream(),
            "the result of a tool must have a named type, such as `String`",
        );
    }
}
