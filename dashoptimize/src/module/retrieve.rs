//! `Retrieve`: passages for a query.

use std::sync::Arc;

use super::numbers::at_least_one;
use super::{FromLm, Module, Predictor, Shape};
use crate::call::{CallError, CallsPerRun, Context, TraceEvent};
use crate::error_text::debug_is_message;
use crate::lm::Lm;
use crate::retrieve::{EmbedError, Index, Passage};

/// Looks up passages for a query in an index in this process. No model is called.
///
/// In a pipeline it is a node, `Retrieve { query: question }`, with its options on the step, or with a name
/// from `module!`:
///
/// ```
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::module;
/// use dashoptimize::module::{ModuleExt, RetrieveInput};
/// use dashoptimize::retrieve::Index;
///
/// fn library() -> Index {
///     let texts = ["The heart pumps blood.", "The kidneys filter it."];
///     Index::bm25(texts).expect("there are two texts")
/// }
///
/// module!(
///     /// Looks things up.
///     #[with(index = library(), k = 1)]
///     pub type Library = Retrieve;
/// );
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let query = "What filters blood in the kidneys?".to_owned();
/// let passages = Library::new().call(RetrieveInput { query }).await?;
/// assert_eq!(passages[0].text, "The kidneys filter it.");
/// # Ok(())
/// # }
/// ```
///
/// It has no predictor, so it has nothing that an optimizer could change. A
/// [listener](crate::call::Listener) hears of the query and the passages, as
/// [`RetrievalStarted`](TraceEvent::RetrievalStarted) and [`RetrievalEnded`](TraceEvent::RetrievalEnded).
#[derive(Clone, Debug)]
pub struct Retrieve {
    index: Option<Index>,
    k: usize,
    path: Arc<str>,
}

/// Why nothing could be looked up.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum RetrieveError {
    /// The module was made without an index.
    #[error("there is no index to search in; set the option `index`")]
    NoIndex,
    /// The query could not be embedded.
    #[error(transparent)]
    Embed(#[from] EmbedError),
}

debug_is_message!(RetrieveError);

/// The input of [`Retrieve`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrieveInput {
    /// The text to look for. A blank query finds nothing.
    pub query: String,
}

/// The number of passages that are looked up by default. DSPy's.
const K: usize = 3;

impl Retrieve {
    /// Looks up 3 passages in this index.
    #[must_use]
    pub fn new(index: Index) -> Self {
        Self {
            index: Some(index),
            k: K,
            path: "retrieve".into(),
        }
    }

    /// Sets the index.
    #[must_use]
    pub fn index(mut self, index: Index) -> Self {
        self.index = Some(index);
        self
    }

    /// Sets how many passages are looked up; there may be fewer, see [`Index::search`]. Default 3.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[must_use]
    #[track_caller]
    pub fn k(mut self, k: usize) -> Self {
        self.k = at_least_one("k", k);
        self
    }

    async fn look_up(&self, context: &Context<'_>, query: &str) -> Result<Vec<Passage>, CallError> {
        context.tell(|| TraceEvent::RetrievalStarted {
            module: self.path.to_string(),
            query: query.to_owned(),
        });
        let found = self.search(query).await;
        context.tell(|| TraceEvent::RetrievalEnded {
            module: self.path.to_string(),
            passages: match &found {
                Ok(passages) => Ok(passages.clone()),
                Err(error) => Err(error.to_string()),
            },
        });
        found.map_err(|error| CallError::step(&*self.path, error))
    }

    async fn search(&self, query: &str) -> Result<Vec<Passage>, RetrieveError> {
        let index = self.index.as_ref().ok_or(RetrieveError::NoIndex)?;
        Ok(index.search_async(query, self.k).await?)
    }
}

impl Module for Retrieve {
    type Input = RetrieveInput;
    type Output = Vec<Passage>;

    const SHAPE: Shape = Shape::Parts(&[]);

    fn calls_per_run(&self) -> CallsPerRun {
        CallsPerRun::NONE
    }

    async fn forward(
        &self,
        context: &Context<'_>,
        input: RetrieveInput,
    ) -> Result<Vec<Passage>, CallError> {
        self.look_up(context, &input.query).await
    }

    fn predictors(&self) -> Vec<&Predictor> {
        Vec::new()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        Vec::new()
    }

    fn __set_path(&mut self, path: &str) {
        self.path = path.into();
    }
}

/// How a step of a pipeline is made: without an index, until the option `index` is set.
impl FromLm for Retrieve {
    fn from_lm(_: Lm) -> Self {
        Self {
            index: None,
            k: K,
            path: "retrieve".into(),
        }
    }
}
