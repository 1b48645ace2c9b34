//! The search that a `GraphOptimizer` uses if it is not told another.

use serde_json::{Value, json};

use crate::engine::{Candidate, Search, Stop, Study};
use crate::evaluate::Example;
use crate::lm::Lm;
use crate::module::Module;
use crate::optimizer::stage::Stage;
use crate::optimizer::{MIPROv2, RandomSearch};

/// [`MIPROv2`] if there is a proposer, and [`RandomSearch`], which changes demos only, if there is none.
#[derive(Clone, Debug, Default)]
pub struct DefaultInner {
    proposer: Option<Lm>,
}

impl DefaultInner {
    pub(super) const fn with_proposer(proposer: Lm) -> Self {
        Self {
            proposer: Some(proposer),
        }
    }

    fn mipro(proposer: &Lm) -> MIPROv2 {
        MIPROv2::stage().proposer(proposer)
    }
}

/// Calls the search that is used. The two have different types.
macro_rules! inner {
    ($self:ident, $search:ident => $call:expr) => {
        match &$self.proposer {
            Some(proposer) => {
                let $search = Self::mipro(proposer);
                $call
            }
            None => {
                let $search = RandomSearch::stage();
                $call
            }
        }
    };
}

impl<M: Module, E: Example<M::Input>> Search<M, E> for DefaultInner {
    fn name(&self) -> &'static str {
        inner!(self, search => Search::<M, E>::name(&search))
    }

    fn settings(&self) -> Value {
        inner!(self, search => json!(search))
    }

    fn models(&self) -> Vec<Lm> {
        inner!(self, search => Search::<M, E>::models(&search))
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        inner!(self, search => search.search(study).await)
    }
}
