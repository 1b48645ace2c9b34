//! What all calls of a predictor share, made once.

use std::sync::Arc;

use super::nearest::Pool;
use super::state::PredictorState;
use crate::adapter::Adapter;
use crate::lm::{Params, Prefix, ReplyFormat};
use crate::retrieve::Ranker;
use crate::signature::SignatureSpec;

/// What all calls of a predictor share.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) prefix: Arc<Prefix>,
    /// The demos, where they are not all part of the prefix.
    pub(super) pool: Option<Arc<Pool>>,
    pub(super) params: Arc<Params>,
    pub(super) format: Arc<ReplyFormat>,
}

impl Prepared {
    pub(super) fn new(
        spec: &SignatureSpec,
        adapter: &dyn Adapter,
        state: &PredictorState,
        ranker: Option<&Arc<Ranker>>,
    ) -> Self {
        let mut params = state.params.clone();
        params.stop.extend(adapter.stop());
        let nearest = state.nearest.as_ref().zip(ranker);
        let pool = nearest
            .map(|(nearest, ranker)| Pool::new(nearest, Arc::clone(ranker), spec, adapter, state));
        let prefix = match pool {
            Some(_) => adapter.opening(spec, state),
            None => adapter.prefix(spec, state),
        };
        Self {
            prefix: Prefix::new(prefix),
            pool: pool.map(Arc::new),
            params: Arc::new(params),
            format: Arc::new(adapter.format(spec)),
        }
    }
}
