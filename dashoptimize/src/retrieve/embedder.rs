//! `Embedder`: a model that turns texts into vectors.

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;

use crate::error_text::{debug_is_message, with_causes};

/// Turns texts into vectors. The closer two texts are in meaning, the closer are the directions of their
/// vectors.
///
/// An embedder must compute inside this process, and must return the same vector for a text each time,
/// whatever other texts are in the call. Search results, the prompts made from them, and therefore the
/// journal of a run depend on it. A network service cannot be an embedder: its calls cost money and can
/// fail, so they have to go through the gateway.
///
/// An embedder may be slow: programs embed their queries on a thread for blocking work, so that other
/// work in the same task continues.
///
/// Vectors need not have length 1. They are compared by their directions only.
///
/// ```
/// use dashoptimize::retrieve::{EmbedError, Embedder, Index};
///
/// /// Places a text by how many of its letters are vowels.
/// #[derive(Debug)]
/// struct Vowels;
///
/// impl Embedder for Vowels {
///     fn id(&self) -> &str {
///         "vowels"
///     }
///
///     fn dimension(&self) -> usize {
///         2
///     }
///
///     fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
///         let vector = |text: &&str| {
///             let vowels = text.matches(['a', 'e', 'i', 'o', 'u']).count();
///             vec![vowels as f32, (text.len() - vowels) as f32]
///         };
///         Ok(texts.iter().map(vector).collect())
///     }
/// }
///
/// let index = Index::embedded(["rhythm", "audio"], Vowels)?;
/// assert_eq!(index.search("oui", 1)?[0].text, "audio");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an embedder",
    label = "this cannot turn texts into vectors",
    note = "implement `dashoptimize::retrieve::Embedder` for `{Self}`, or use `MiniLm` (feature \
            `local`)"
)]
pub trait Embedder: Debug + Send + Sync + 'static {
    /// The name and version of the model. Tuned prompts name the embedder with which they were tuned, so
    /// another model must have another id.
    fn id(&self) -> &str;

    /// The number of values of each vector.
    fn dimension(&self) -> usize;

    /// Returns one vector for each text, in order.
    ///
    /// # Errors
    ///
    /// Returns an error made by [`EmbedError::failed`] if the texts cannot be embedded.
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError>;
}

/// Shares one embedder between many holders.
impl<E: Embedder + ?Sized> Embedder for Arc<E> {
    fn id(&self) -> &str {
        (**self).id()
    }

    fn dimension(&self) -> usize {
        (**self).dimension()
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        (**self).embed(texts)
    }
}

/// Why texts cannot be embedded.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    /// The embedder failed.
    #[error("the embedder `{embedder}` failed: {}", with_causes(&**cause))]
    Failed {
        /// The id of the embedder.
        embedder: String,
        /// The error of the embedder.
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The embedder returned more or fewer vectors than texts.
    #[error("the embedder `{embedder}` returned {found} vectors for {expected} texts")]
    Count {
        /// The id of the embedder.
        embedder: String,
        /// The number of texts.
        expected: usize,
        /// The number of vectors.
        found: usize,
    },
    /// The embedder returned a vector of the wrong size.
    #[error("the embedder `{embedder}` returned a vector of {found} values instead of {expected}")]
    Dimension {
        /// The id of the embedder.
        embedder: String,
        /// Its [`dimension`](Embedder::dimension).
        expected: usize,
        /// The number of values of the vector.
        found: usize,
    },
    /// The embedder returned a vector without a direction.
    #[error("the embedder `{embedder}` returned a vector with a value that is not finite")]
    NotFinite {
        /// The id of the embedder.
        embedder: String,
    },
    /// The runtime was shut down before a query was embedded.
    #[error("the runtime was shut down before the query was embedded")]
    ShutDown,
    /// The texts to be searched could not be embedded earlier; the message of that error.
    #[error("{0}")]
    Unranked(String),
}

debug_is_message!(EmbedError);

impl EmbedError {
    /// The error of an embedder with this id.
    pub fn failed(
        embedder: impl Into<String>,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Failed {
            embedder: embedder.into(),
            cause: cause.into(),
        }
    }
}
