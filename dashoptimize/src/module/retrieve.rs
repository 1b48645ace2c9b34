//! `Retrieve`: passages for a query.

use std::sync::Arc;

use super::{FromLm, Module, Predictor, Shape};
use crate::call::{CallError, Context, TraceEvent};
use crate::lm::Lm;
use crate::retrieve::{EmbedError, Index, Passage};
use crate::signature::FieldType;

/// Looks up passages for a query in an index inside this process. No model is called.
///
/// A pipeline has it as a node: `Retrieve { query: question }`, with its options on the step, or
/// under a name that `module!` gives:
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
/// It has no predictor, so there is nothing of it that an optimizer could change. Whoever watches a
/// call is told the query and the passages as a [`TraceEvent::Step`] each.
#[derive(Clone, Debug)]
pub struct Retrieve {
    index: Option<Index>,
    k: usize,
    path: Arc<str>,
}

/// Why nothing could be looked up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RetrieveError {
    /// The module was made without an index.
    #[error("there is no index to search in; set the option `index`")]
    NoIndex,
    /// The query could not be embedded.
    #[error(transparent)]
    Embed(#[from] EmbedError),
}

/// What [`Retrieve`] is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrieveInput {
    /// What is looked for. A blank query finds nothing.
    pub query: String,
}

/// Passages of a call, where nothing else is said. DSPy's.
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
    #[must_use]
    pub const fn k(mut self, k: usize) -> Self {
        self.k = k;
        self
    }

    async fn look_up(&self, context: &Context<'_>, query: &str) -> Result<Vec<Passage>, CallError> {
        let step = |what, text| TraceEvent::Step {
            what,
            name: self.path.to_string(),
            text,
        };
        context.tell(|| step("query", query.to_owned()));
        let found = self.search(query).await.map_err(|error| {
            context.tell(|| step("error", error.to_string()));
            CallError::Step {
                step: self.path.to_string(),
                source: Arc::new(error),
            }
        })?;
        context.tell(|| step("passages", found.to_json().to_string()));
        Ok(found)
    }

    async fn search(&self, query: &str) -> Result<Vec<Passage>, RetrieveError> {
        let index = self.index.as_ref().ok_or(RetrieveError::NoIndex)?;
        Ok(index.search_beside(query, self.k).await?)
    }
}

impl Module for Retrieve {
    type Input = RetrieveInput;
    type Output = Vec<Passage>;

    const SHAPE: Shape = Shape::Parts(&[]);

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

/// A step of a pipeline is made this way: without an index, until the option `index` is set.
impl FromLm for Retrieve {
    fn from_lm(_: Lm) -> Self {
        Self {
            index: None,
            k: K,
            path: "retrieve".into(),
        }
    }
}
