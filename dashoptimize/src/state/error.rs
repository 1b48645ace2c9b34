//! Why a state does not fit a program.

use crate::error_text::debug_is_message;
use crate::retrieve::EmbedError;

/// A state that does not fit the program.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The state names a predictor that the program lacks.
    #[error("no predictor `{path}` in this program; it has {known}")]
    #[non_exhaustive]
    UnknownPredictor {
        /// The path in the state.
        path: String,
        /// The paths of the program.
        known: String,
    },
    /// The state names a field that the signature lacks.
    #[error("predictor `{path}` has no field `{field}`; its signature is {signature}")]
    #[non_exhaustive]
    UnknownField {
        /// The predictor.
        path: String,
        /// The name in the state.
        field: String,
        /// The signature, as `inputs -> outputs`.
        signature: String,
    },
    /// Two predictors of the program itself have the same path, so that a state cannot tell them apart.
    #[error(
        "two predictors of this program have the path `{path}`; give each its own with \
         `ModuleExt::under`"
    )]
    #[non_exhaustive]
    SamePath {
        /// The path.
        path: String,
    },
    /// A demo does not fit the signature.
    #[error("demo {index} of predictor `{path}`: {problem}")]
    #[non_exhaustive]
    Demo {
        /// The predictor.
        path: String,
        /// Which demo, from 0.
        index: usize,
        /// What is wrong.
        problem: String,
    },
    /// The demos are to be compared by an embedder that the predictor does not have.
    #[error(
        "predictor `{path}` shows the demos that are nearest by the embedder `{wanted}`, {}; give \
         the program that embedder with `ModuleExt::embedder`",
        other_embedder(found.as_deref())
    )]
    #[non_exhaustive]
    Embedder {
        /// The predictor.
        path: String,
        /// Id of the embedder in the state.
        wanted: String,
        /// Id of the embedder of the predictor, if it has one.
        found: Option<String>,
    },
    /// The demos could not be embedded.
    #[error("the demos of predictor `{path}` have no vectors; {problem}")]
    #[non_exhaustive]
    Embed {
        /// The predictor.
        path: String,
        /// The error of the embedder.
        problem: String,
    },
}

debug_is_message!(StateError);

impl StateError {
    /// The error of an embedder on the demos of the predictor at `path`.
    pub(crate) fn embed(path: &str, error: &EmbedError) -> Self {
        Self::Embed {
            path: path.to_owned(),
            problem: error.to_string(),
        }
    }
}

fn other_embedder(found: Option<&str>) -> String {
    match found {
        Some(found) => format!("but has `{found}`"),
        None => "but has no embedder".to_owned(),
    }
}
