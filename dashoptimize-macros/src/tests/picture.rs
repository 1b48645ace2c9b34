//! The picture of a pipeline, from the expansion to the drawing in its documentation.

use proc_macro2::{TokenStream, TokenTree};

use super::tokens;

/// What `picture!` is given in these tokens.
fn argument(tokens: TokenStream) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let is_call = index >= 2
            && tokens[index - 2].to_string() == "picture"
            && tokens[index - 1].to_string() == "!";
        if let TokenTree::Group(group) = token {
            let found = match is_call {
                true => Some(group.stream()),
                false => argument(group.stream()),
            };
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

#[test]
fn the_documentation_draws_what_the_expansion_says() {
    let item = tokens(
        "pub fn Rag(question: String) -> Answer {
            let query = ChainOfThought::<WriteQuery> { question };
            Answer { text: query.text }
        }",
    );
    let expansion = crate::pipeline::try_expand(item).expect("the pipeline is sound");
    let argument = argument(expansion).expect("the expansion calls `picture!`");
    let text: syn::LitStr =
        syn::parse2(crate::picture::expand(argument)).expect("a text for `#[doc = …]`");
    let text = text.value();
    assert!(text.starts_with("\n\n# Graph\n\n<div><svg "), "{text}");
    for name in [
        ">question<",
        ">query<",
        ">ChainOfThought&lt;WriteQuery&gt;<",
        ">Answer<",
    ] {
        assert_eq!(text.matches(name).count(), 1, "{name} in {text}");
    }
}

#[test]
fn anything_but_a_drawing_is_an_error() {
    let expansion = crate::picture::expand(tokens("\"{}\"")).to_string();
    assert!(expansion.contains("compile_error"), "{expansion}");
}
