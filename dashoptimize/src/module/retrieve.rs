//! `Retrieve`: passages for a query.

use std::sync::Arc;

use serde_json::Value;

use super::{
    CallError, Context, Derived, FromLm, Module, Predictor, Shape, TraceEvent, ValueModule,
};
use crate::lm::Lm;
use crate::retrieve::{EmbedError, Index, Passage};
use crate::signature::{FieldType, Record, Signature, SignatureSpec, ValueError};

/// Looks up passages for a query in an index inside this process. No model is called.
///
/// A pipeline has it as a node: `Retrieve { query: question }`, with its options on the step, or
/// under a name that `module!` gives:
///
/// ```
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::module;
/// use dashoptimize::module::{Module, RetrieveInput};
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

/// The signature, apart so that the module has the name.
mod signature {
    use super::Passage;
    use crate::signature;

    /// The signature of the module `Retrieve`: a query in, passages out.
    #[signature]
    #[derive(Clone, Debug)]
    pub struct Retrieve {
        /// what is looked for
        #[input]
        pub query: String,
        /// what was found, the best first
        #[output]
        pub passages: Vec<Passage>,
    }
}

pub use signature::{Retrieve as RetrieveSignature, RetrieveInput};

/// Passages of a call, where nothing else is said. DSPy's.
const K: usize = 3;

impl Retrieve {
    /// Looks up 3 passages in this index.
    #[must_use]
    pub fn new(index: Index) -> Self {
        Self::without_index().index(index)
    }

    /// Fails at each call, until the option `index` is set.
    pub(crate) fn without_index() -> Self {
        Self {
            index: None,
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

    fn look_up(&self, context: &Context<'_>, query: &str) -> Result<Vec<Passage>, CallError> {
        let step = |what, text| TraceEvent::Step {
            what,
            name: self.path.to_string(),
            text,
        };
        context.tell(|| step("query", query.to_owned()));
        let found = self.search(query).map_err(|error| {
            context.tell(|| step("error", error.to_string()));
            CallError::Step {
                step: self.path.to_string(),
                source: Arc::new(error),
            }
        })?;
        context.tell(|| step("passages", found.to_json().to_string()));
        Ok(found)
    }

    fn search(&self, query: &str) -> Result<Vec<Passage>, RetrieveError> {
        let index = self.index.as_ref().ok_or(RetrieveError::NoIndex)?;
        Ok(index.search(query, self.k)?)
    }
}

impl Module for Retrieve {
    type Input = RetrieveInput;
    type Output = Vec<Passage>;

    const SHAPE: Shape = Shape::Over {
        signature: RetrieveSignature::SPEC,
        predictors: &[],
    };

    async fn forward(
        &self,
        context: &Context<'_>,
        input: RetrieveInput,
    ) -> Result<Vec<Passage>, CallError> {
        self.look_up(context, &input.query)
    }

    fn predictors(&self) -> Vec<&Predictor> {
        Vec::new()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        Vec::new()
    }

    fn set_path(&mut self, path: &str) {
        self.path = path.into();
    }
}

/// Without an index, until the option `index` is set.
impl FromLm for Retrieve {
    fn from_lm(_: Lm) -> Self {
        Self::without_index()
    }
}

/// What `module!` gives a name to.
impl ValueModule for Retrieve {
    type Output<S: Signature> = Vec<Passage>;

    const PREDICTORS: &'static [(&'static str, Derived)] = &[];

    fn over(_: &SignatureSpec, lm: Lm) -> Self {
        Self::from_lm(lm)
    }

    fn spec(&self) -> &SignatureSpec {
        RetrieveSignature::SPEC
    }

    async fn forward_values(
        &self,
        context: &Context<'_>,
        inputs: Vec<Value>,
    ) -> Result<Vec<Value>, CallError> {
        let input = RetrieveInput::from_values(inputs).map_err(|error| CallError::Program {
            message: error.to_string(),
        })?;
        let found = self.look_up(context, &input.query)?;
        Ok(vec![found.into_json()])
    }

    fn read<S: Signature>(mut values: Vec<Value>) -> Result<Vec<Passage>, ValueError> {
        Vec::from_json(values.pop().unwrap_or_default())
    }

    fn predictors(&self) -> Vec<&Predictor> {
        Vec::new()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        Vec::new()
    }

    fn take_path(&mut self, path: &str) {
        self.path = path.into();
    }
}
