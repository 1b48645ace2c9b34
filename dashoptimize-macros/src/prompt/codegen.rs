//! What a correct call expands to. Nothing here can fail.
//!
//! ```text
//! {
//!     type __Program = …;    // `Rag`; a type that is not a module is one error here
//!     const _: () = fits(&shape_of::<__Program>(), &[file_predictor("query", …), …], "prompts/rag.json");
//!     prompt::<__Program>("prompts/rag.json", include_str!("/…/prompts/rag.json"))
//! }
//! ```
//!
//! The const compares the content of the file with the types of the program; `include_str!` makes cargo
//! rebuild the crate when the file changes.

use std::borrow::Cow;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::{Map, Value};
use syn::{LitStr, Type};

use super::file::{File, StoredDemo, StoredPredictor};
use crate::crate_path::CratePath;
use crate::editor;
use crate::place::call_at;

/// A call with its file.
pub(super) struct Prompt {
    pub(super) program: Type,
    pub(super) path: LitStr,
    /// The whole path.
    pub(super) place: String,
    pub(super) file: File,
}

/// Characters of a text in a demo that the check sees. It is longer than every name that a text is compared
/// with, and messages show less; long texts must not slow down the build.
const LONGEST: usize = 400;

pub(super) fn prompt(krate: &CratePath, prompt: &Prompt) -> TokenStream {
    let Prompt {
        program,
        path,
        place,
        file,
    } = prompt;
    let private = quote!(#krate::__private);
    let predictors = file.predictors.0.iter();
    let predictors = predictors.map(|(path, stored)| predictor(krate, path, stored));
    let (ty, is_module) = checked(krate, program);
    let shape = call_at(
        &program.to_token_stream(),
        quote!(#private::shape_of::<#ty>),
        TokenStream::new(),
    );
    let fits = call_at(
        &path.to_token_stream(),
        quote!(#private::fits),
        quote!(#shape, &[#(#predictors),*], #path),
    );
    quote!({
        #is_module
        #[allow(long_running_const_eval)]
        const _: () = {
            // A file can have thousands of values, and each token of a path costs the compiler time.
            #[allow(unused_imports)]
            use #private::{FileJson as __Json, file_value as __value};
            #[allow(unused_imports)]
            use #krate::signature::Role as __Role;
            #fits
        };
        #private::prompt::<#ty>(#path, ::core::include_str!(#place))
    })
}

/// The type of the program, known to the compiler only if it is a module, and the alias that checks it.
fn checked(krate: &CratePath, program: &Type) -> (TokenStream, TokenStream) {
    // An editor understands a type better than a check.
    if editor::asks() {
        return (program.to_token_stream(), TokenStream::new());
    }
    let private = quote!(#krate::__private);
    let check = quote!(_ = <#program as #krate::module::Module>::SHAPE; true);
    let checked = quote!(<#private::Checked<{ #check }> as #private::Known<#program>>::Type);
    (quote!(__Program), quote!(type __Program = #checked;))
}

/// What a call with mistakes expands to. Without a type, its value is the last of the errors, which is of
/// any type.
pub(super) fn stand_in(
    krate: &CratePath,
    program: Option<&Type>,
    errors: &TokenStream,
) -> TokenStream {
    let value = program.map(|program| {
        let (ty, is_module) = checked(krate, program);
        quote!(#is_module #krate::__private::prompt::<#ty>("", ""))
    });
    quote!({ #errors #value })
}

fn predictor(krate: &CratePath, path: &str, stored: &StoredPredictor) -> TokenStream {
    let private = quote!(#krate::__private);
    let StoredPredictor {
        demos,
        fields,
        fingerprint,
        signature,
        ..
    } = stored;
    let prose = fields.0.iter().map(|(name, _)| name);
    let inputs = signature.inputs.iter();
    let inputs = inputs.map(|words| field(krate, &quote!(Input), words));
    let outputs = signature.outputs.iter();
    let outputs = outputs.map(|words| field(krate, &quote!(Output), words));
    let count = demos.len();
    let values = demos.iter().enumerate();
    let values = values.map(|(index, demo)| values_of(index, demo));
    quote! {
        #private::file_predictor(
            #path,
            #fingerprint,
            &[#(#inputs,)* #(#outputs),*],
            &[#(#prose),*],
            #count,
            &[#(#values)*],
        )
    }
}

/// A field, which is `name: type` in a file.
fn field(krate: &CratePath, role: &TokenStream, words: &str) -> TokenStream {
    let (name, ty) = words.split_once(": ").unwrap_or((words, ""));
    quote!(#krate::__private::file_field(#krate::signature::Role::#role, #name, #ty))
}

fn values_of(demo: usize, stored: &StoredDemo) -> TokenStream {
    let values = |role: TokenStream, values: &Map<String, Value>| -> TokenStream {
        let values = values.iter().map(|(name, value)| {
            let json = json(value);
            quote!(__value(#demo, __Role::#role, #name, #json),)
        });
        values.collect()
    };
    let inputs = values(quote!(Input), &stored.inputs);
    let outputs = values(quote!(Output), &stored.outputs);
    quote!(#inputs #outputs)
}

/// A value as const data.
fn json(value: &Value) -> TokenStream {
    match value {
        Value::Null => quote!(__Json::Null),
        Value::Bool(value) => quote!(__Json::Bool(#value)),
        Value::Number(number) => {
            let (text, whole) = (number.to_string(), number.as_i128());
            let whole = match whole {
                Some(whole) => quote!(::core::option::Option::Some(#whole)),
                None => quote!(::core::option::Option::None),
            };
            quote!(__Json::Number(#text, #whole))
        }
        Value::String(text) => {
            let text = shortened(text);
            quote!(__Json::Text(#text))
        }
        Value::Array(items) => {
            let items = items.iter().map(json);
            quote!(__Json::List(&[#(#items),*]))
        }
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let value = json(value);
                quote!((#key, #value))
            });
            quote!(__Json::Object(&[#(#entries),*]))
        }
    }
}

/// A text cut to what the check looks at.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]).into(),
        None => text.into(),
    }
}
