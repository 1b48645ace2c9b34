//! What all calls of a predictor share; it is made once.

use std::sync::Arc;

use serde_json::Value;

use super::pool::Pool;
use crate::adapter::Adapter;
use crate::lm::{Message, Params, Prefix, ReplyFormat, ToolDef};
use crate::module::tool_use::{ToolUse, native_demo};
use crate::retrieve::{EmbedError, Ranker};
use crate::signature::SignatureSpec;
use crate::state::PredictorState;

/// What all calls of a predictor share.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) prefix: Arc<Prefix>,
    /// The demos, if they are not all part of the prefix.
    pub(super) pool: Option<Arc<Pool>>,
    pub(super) params: Arc<Params>,
    pub(super) format: Arc<ReplyFormat>,
    pub(super) tools: Arc<[ToolDef]>,
    /// Whether replies call tools in the form of the provider.
    pub(super) native: bool,
}

impl Prepared {
    /// For a prompt that the adapter writes.
    pub(super) fn plain(
        spec: &SignatureSpec,
        adapter: &dyn Adapter,
        state: &PredictorState,
        ranker: Option<&Arc<Ranker>>,
    ) -> Self {
        let mut params = state.params.clone();
        params.stop.extend(adapter.stop());
        let pool = Pool::new(spec, state, ranker, |demo| {
            adapter.demo(spec, demo).to_vec()
        });
        let prefix = match &pool {
            Some(_) => adapter.opening(spec, state),
            None => adapter.prefix(spec, state),
        };
        Self {
            prefix: Prefix::new(prefix),
            pool: pool.map(Arc::new),
            params: Arc::new(params),
            format: Arc::new(adapter.format(spec)),
            tools: Arc::default(),
            native: false,
        }
    }

    /// For requests that carry tools.
    pub(super) fn native(
        spec: &SignatureSpec,
        state: &PredictorState,
        tools: &ToolUse,
        ranker: Option<&Arc<Ranker>>,
    ) -> Self {
        let pool = Pool::new(spec, state, ranker, |demo| native_demo(spec, demo));
        let prefix = match &pool {
            Some(_) => tools.native_opening(spec, state),
            None => tools.native_prefix(spec, state),
        };
        Self {
            prefix: Prefix::new(prefix),
            pool: pool.map(Arc::new),
            params: Arc::new(state.params.clone()),
            format: Arc::default(),
            tools: Arc::clone(&tools.defs),
            native: true,
        }
    }

    /// The demos that are shown for these inputs only, by index; none if they are all part of the prefix.
    pub(super) fn pick(
        &self,
        inputs: &[Value],
        held_out: &[usize],
    ) -> Result<Vec<usize>, EmbedError> {
        match &self.pool {
            Some(pool) => pool.pick(inputs, held_out),
            None => Ok(Vec::new()),
        }
    }

    /// As [`pick`](Self::pick), without blocking the task.
    pub(super) async fn pick_async(
        &self,
        inputs: &[Value],
        held_out: &[usize],
    ) -> Result<Vec<usize>, EmbedError> {
        match &self.pool {
            Some(pool) => pool.pick_async(inputs, held_out).await,
            None => Ok(Vec::new()),
        }
    }

    /// The turns of these demos, with room for the query.
    pub(super) fn turns(&self, picked: &[usize]) -> Vec<Message> {
        match &self.pool {
            Some(pool) => pool.turns(picked),
            None => Vec::with_capacity(1),
        }
    }
}
