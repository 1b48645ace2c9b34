//! Models that turn texts into vectors.

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;

/// Turns texts into vectors: the closer two texts are in meaning, the closer the directions of
/// their vectors.
///
/// An embedder computes inside this process and gives a text the same vector each time, whatever
/// is asked beside it. What is found by it, the prompts that are made of that and so the journal of
/// a run depend on this. A service on the network is no embedder: its calls cost money and fail,
/// so they have to pass the gateway.
///
/// It may take its time: calls of a program embed their queries beside the task that they run in, on a
/// thread of the runtime for blocking work.
///
/// Vectors need not have the length 1: they are compared by their directions alone.
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
    message = "`{Self}` is no embedder",
    label = "this cannot turn texts into vectors",
    note = "implement `dashoptimize::retrieve::Embedder` for `{Self}`, or take `MiniLm` (feature \
            `local`)"
)]
pub trait Embedder: Debug + Send + Sync + 'static {
    /// Name and version. Tuned prompts name the embedder that they were tuned with, so another
    /// model must have another one.
    fn id(&self) -> &str;

    /// Numbers of each vector.
    fn dimension(&self) -> usize;

    /// One vector for each text, in their order.
    ///
    /// # Errors
    ///
    /// Where the embedder cannot do its work; see [`EmbedError::failed`].
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

/// Why texts have no vectors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    /// The embedder says so itself.
    #[error("the embedder `{embedder}` failed")]
    Failed {
        /// Id of the embedder.
        embedder: String,
        /// What it says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There must be one vector for each text.
    #[error("the embedder `{embedder}` gave {found} vectors for {expected} texts")]
    Count {
        /// Id of the embedder.
        embedder: String,
        /// Number of texts.
        expected: usize,
        /// Number of vectors.
        found: usize,
    },
    /// All vectors must have the same size.
    #[error("the embedder `{embedder}` gave a vector of {found} numbers instead of {expected}")]
    Dimension {
        /// Id of the embedder.
        embedder: String,
        /// Its [`dimension`](Embedder::dimension).
        expected: usize,
        /// Numbers of the vector.
        found: usize,
    },
    /// A vector must have a direction.
    #[error("the embedder `{embedder}` gave a vector with a number that is not finite")]
    NotFinite {
        /// Id of the embedder.
        embedder: String,
    },
    /// The runtime was shut down while a query waited to be embedded.
    #[error("the runtime was shut down before the query was embedded")]
    ShutDown,
    /// The texts to search in have no vectors; how that came about, in words.
    #[error("{0}")]
    Unranked(String),
}

impl EmbedError {
    /// What an embedder of this id answers where it cannot do its work.
    pub fn failed(
        embedder: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Failed {
            embedder: embedder.into(),
            source: source.into(),
        }
    }
}
