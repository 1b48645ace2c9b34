//! `include_prompt!`: a file of tuned prompts, checked against the types of its program.

mod ast;
mod codegen;
mod distinct;
mod file;
mod place;

use proc_macro2::TokenStream;

use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let krate = CratePath::default();
    let sketch = ast::Sketch::parse(input);
    let program = sketch.program.clone();
    match checked(sketch) {
        Ok(prompt) => codegen::prompt(&krate, &prompt),
        Err(errors) => codegen::stand_in(&krate, program.as_ref(), &errors.into_compile_error()),
    }
}

/// The call with its file read.
fn checked(sketch: ast::Sketch) -> syn::Result<codegen::Prompt> {
    let ast::Sketch {
        program,
        path,
        mut errors,
    } = sketch;
    let file = path.as_ref().and_then(|path| read(path, &mut errors));
    let prompt = program.zip(path).zip(file);
    let prompt = prompt.map(|((program, path), (place, file))| codegen::Prompt {
        program,
        path,
        place,
        file,
    });
    errors.finish(prompt).map(|prompt| {
        prompt.expect("bug in dashoptimize: what is missing of the call was reported")
    })
}

/// The path of the file, and its content.
fn read(path: &syn::LitStr, errors: &mut Diagnostics) -> Option<(String, file::File)> {
    let place = place::of(&path.value());
    let read = place.and_then(|place| {
        let text = place::text(&place, &path.value())?;
        let file = file::File::parse(&text, &path.value())?;
        Ok((place, file))
    });
    read.map_err(|problem| errors.at(path.span(), problem)).ok()
}

#[cfg(test)]
pub(crate) fn try_expand(input: TokenStream) -> syn::Result<TokenStream> {
    let prompt = checked(ast::Sketch::parse(input))?;
    Ok(codegen::prompt(&CratePath::default(), &prompt))
}

#[cfg(test)]
pub(crate) fn is_readable(text: &str) -> bool {
    file::File::parse(text, "x.json").is_ok()
}
