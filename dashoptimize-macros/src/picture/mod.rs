//! The picture of a pipeline in its documentation.
//!
//! Only rustdoc reads it, so only rustdoc pays for it: `pipeline!` writes the graph as data into
//! `#[cfg_attr(doc, doc = picture!("…"))]`, which every other build drops unread, and [`expand`] draws
//! it where it is documented.
//!
//! It is a layered drawing: inputs at the top, each step below everything that it needs, the output at
//! the bottom. Only an edge back to an earlier step, in a loop, points upwards. The steps are *rows*
//! (which row a node is in, and its position there) → *place* (coordinates in pixels) → *svg* (text).
//!
//! The layout is our own, in a folder that imports nothing from the macros, because no crate fits. Every
//! user would build such a crate with the macros, since Cargo has no dependencies for documentation
//! alone. `rust-sugiyama` places nodes but does not route edges, and depends on `petgraph`. `layout-rs`
//! has no dependencies but is five times the size of this folder; it keeps neither inputs at the top nor
//! the output at the bottom nor the arms of a `match` in order, and draws edges through labels.

mod drawing;
mod measures;
mod place;
mod ports;
mod rows;
mod side;
mod svg;
#[cfg(test)]
mod tests;
mod text;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::LitStr;

pub(crate) use self::drawing::{Drawing, DrawnKind, DrawnNode, Edge};

/// `picture!("…")`: the drawing as a text for `#[doc = …]`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match drawn(input) {
        Ok(text) => text.to_token_stream(),
        Err(error) => error.into_compile_error(),
    }
}

fn drawn(input: TokenStream) -> syn::Result<String> {
    let data: LitStr = syn::parse2(input)?;
    let drawing: Drawing = serde_json::from_str(&data.value())
        .map_err(|error| syn::Error::new(data.span(), format!("not a drawing: {error}")))?;
    Ok(format!("\n\n# Graph\n\n{}", drawing.to_html()))
}

impl Drawing {
    /// The argument of `picture!`.
    pub(crate) fn to_data(&self) -> String {
        serde_json::to_string(self).expect("bug in dashoptimize: a drawing has no keys but texts")
    }

    /// One line of HTML with the drawing as inline SVG.
    ///
    /// It takes its colours from the text around it, so it suits light and dark themes. It has no ids,
    /// scripts or style sheets. The `div` keeps Markdown from interpreting the drawing.
    fn to_html(&self) -> String {
        let drawing = self.shortened();
        let placed = place::placed(&drawing, &rows::rows(&drawing));
        format!("<div>{}</div>", svg::svg(&drawing, &placed))
    }

    /// The same with every text cut to one line.
    fn shortened(&self) -> Self {
        let mut drawing = self.clone();
        for node in &mut drawing.nodes {
            node.path = text::shortened(&node.path);
            node.label = text::shortened(&node.label);
        }
        for edge in &mut drawing.edges {
            edge.label = text::shortened(&edge.label);
        }
        drawing
    }
}
