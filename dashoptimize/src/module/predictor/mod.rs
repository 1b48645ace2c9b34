//! One step that calls a model: the untyped core of every module, and the unit of optimization.

mod calls;
mod pool;
mod prepared;

use std::sync::Arc;

use self::pool::by_words;
use self::prepared::Prepared;
use super::tool_use::ToolUse;
use crate::adapter::{Adapter, ChatAdapter};
use crate::lm::{Lm, Params, Role};
use crate::retrieve::{Embedder, Ranker};
use crate::signature::SignatureSpec;
use crate::state::{Demo, Nearest, PredictorState, State, StateError};

/// One step that calls a model: a signature, a model, an adapter, and the state that optimizers
/// change.
///
/// The constant part of its prompt is rendered when the state is set, and shared by all calls.
#[derive(Clone, Debug)]
pub struct Predictor {
    path: Arc<str>,
    spec: Arc<SignatureSpec>,
    lm: Lm,
    adapter: Arc<dyn Adapter>,
    state: Arc<PredictorState>,
    repairs: u32,
    tool_use: Option<Arc<ToolUse>>,
    embedder: Option<Arc<dyn Embedder>>,
    /// How the module itself chooses demos, for any demos that are set.
    own_nearest: Option<Nearest>,
    /// Ranks the demos, if calls are shown the nearest ones.
    ranker: Option<Arc<Ranker>>,
    /// Demos that are not shown, by index; only set if calls are shown the nearest ones.
    held_out: Arc<[usize]>,
    prepared: Prepared,
}

impl Predictor {
    /// A predictor at a path, with the [`ChatAdapter`], the signature's own prose and no demos.
    #[must_use]
    pub fn new(path: &str, spec: Arc<SignatureSpec>, lm: Lm) -> Self {
        let adapter: Arc<dyn Adapter> = Arc::new(ChatAdapter);
        let state = Arc::new(PredictorState::default());
        let prepared = Prepared::plain(&spec, &*adapter, &state, None);
        Self {
            path: path.into(),
            spec,
            lm,
            adapter,
            state,
            repairs: 0,
            tool_use: None,
            embedder: None,
            own_nearest: None,
            ranker: None,
            held_out: [].into(),
            prepared,
        }
    }

    /// As [`new`](Self::new), over a copy of the signature.
    pub(super) fn over(path: &str, spec: &SignatureSpec, lm: Lm) -> Self {
        Self::new(path, Arc::new(spec.clone()), lm)
    }

    /// The place of the predictor in its program, such as `answer.hard`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its signature.
    #[must_use]
    pub fn spec(&self) -> &SignatureSpec {
        &self.spec
    }

    /// Its model.
    #[must_use]
    pub const fn lm(&self) -> &Lm {
        &self.lm
    }

    /// Its adapter.
    #[must_use]
    pub fn adapter(&self) -> &dyn Adapter {
        &*self.adapter
    }

    /// The part of it that an optimizer may change, as it is now.
    #[must_use]
    pub fn state(&self) -> &PredictorState {
        &self.state
    }

    /// The rules of its prompt, as every call sends them before demos and inputs: instructions, fields,
    /// types, the form of the reply, and tools.
    #[must_use]
    pub fn opening(&self) -> String {
        let messages = self.prepared.prefix.messages().iter();
        let rules = messages.take_while(|message| message.role == Role::System);
        let texts: Vec<String> = rules.map(|message| message.text().to_owned()).collect();
        texts.join("\n\n")
    }

    /// The tools that it offers, with their descriptions.
    pub(crate) fn tools(&self) -> impl Iterator<Item = (&str, &str)> {
        let tools = self.tool_use.iter().flat_map(|tools| tools.defs.iter());
        tools.map(|tool| (&*tool.name, &*tool.description))
    }

    /// The embedder that compares texts by meaning, if there is one.
    #[must_use]
    pub fn embedder(&self) -> Option<&dyn Embedder> {
        self.embedder.as_deref()
    }

    /// Sets the path.
    pub fn set_path(&mut self, path: &str) {
        self.path = path.into();
    }

    /// Puts it under a name in a larger program: it takes the name, or keeps its path after it.
    pub(super) fn put_under(&mut self, name: &str, takes_name: bool) {
        self.path = match takes_name {
            true => name.into(),
            false => format!("{name}.{}", self.path).into(),
        };
    }

    /// Sets the model.
    pub fn set_lm(&mut self, lm: Lm) {
        self.lm = lm;
        if self.tool_use.is_some() {
            self.prepare();
        }
    }

    /// Lets it offer tools; see [`choose`](Self::choose).
    pub(super) fn set_tool_use(&mut self, tool_use: ToolUse) {
        self.tool_use = Some(Arc::new(tool_use));
        self.prepare();
    }

    /// Sets the adapter.
    pub fn set_adapter(&mut self, adapter: Arc<dyn Adapter>) {
        self.adapter = adapter;
        self.prepare();
    }

    /// Sets the embedder that compares texts by meaning. States that are set later can use it; the current
    /// state keeps the embedder that it was set with.
    pub fn set_embedder(&mut self, embedder: Arc<dyn Embedder>) {
        self.embedder = Some(embedder);
    }

    /// Shows only the `k` nearest demos, compared by words unless the state says otherwise. Demos that are
    /// set later are chosen from in the same way.
    pub(super) fn show_nearest(&mut self, k: usize) {
        self.own_nearest = Some(Nearest::lexical(k));
        let state = Arc::make_mut(&mut self.state);
        match &mut state.nearest {
            Some(nearest) => nearest.k = k,
            none => {
                *none = Some(Nearest::lexical(k));
                self.ranker = Some(Arc::new(by_words(&self.spec, &state.demos)));
            }
        }
        self.prepare();
    }

    /// Hides these demos, by index in the state, until another state is set. It only makes a difference if
    /// calls are shown the nearest demos.
    pub(crate) fn hold_out(&mut self, demos: &[usize]) {
        self.held_out = demos.into();
    }

    /// Replaces the demos of this predictor in a state of its program, together with how calls choose from
    /// them: calls are shown all of the new demos, or, in a module that chooses demos itself such as
    /// [`KNN`](super::KNN), those that the module finds nearest.
    pub fn set_demos_in(&self, state: &mut State, demos: Vec<Demo>) {
        state.set_demos(&self.path, demos, self.own_nearest.clone());
    }

    /// Changes the sampling parameters.
    pub fn change_params(&mut self, change: impl FnOnce(&mut Params)) {
        change(&mut Arc::make_mut(&mut self.state).params);
        self.prepare();
    }

    /// Sets demos that fit the signature, as [`set_demos_in`](Self::set_demos_in) does in a state.
    pub(super) fn set_demos(&mut self, demos: Vec<Demo>) {
        self.put(PredictorState {
            demos,
            nearest: self.own_nearest.clone(),
            ..PredictorState::clone(&self.state)
        });
    }

    /// Sets a state that fits. An embedder may still fail; then every call fails with its error.
    fn put(&mut self, state: PredictorState) {
        self.ranker = self
            .ranker_for(&state)
            .unwrap_or_else(|error| Some(Arc::new(Ranker::broken(error))));
        self.state = Arc::new(state);
        self.held_out = [].into();
        self.prepare();
    }

    /// Sets how often a reply that cannot be read, was cut, or fails an `assert` is returned to the model
    /// together with the problem. Each repair is one more call. Default 0.
    pub const fn set_repairs(&mut self, repairs: u32) {
        self.repairs = repairs;
    }

    /// Sets everything that an optimizer may change.
    ///
    /// # Errors
    ///
    /// If the state names a field that the signature lacks, a demo does not fit, or demos are to be compared
    /// by an embedder that the predictor lacks.
    pub fn set_state(&mut self, state: PredictorState) -> Result<(), StateError> {
        state.check(&self.path, &self.spec)?;
        self.ranker = self.ranker_for(&state)?;
        self.state = Arc::new(state);
        self.held_out = [].into();
        self.prepare();
        Ok(())
    }

    /// The ranker for the demos of a state; the current one, if it would be the same.
    fn ranker_for(&self, state: &PredictorState) -> Result<Option<Arc<Ranker>>, StateError> {
        let Some(nearest) = &state.nearest else {
            return Ok(None);
        };
        let embedder = self.embedder.as_ref();
        nearest.check(&self.path, self.embedder())?;
        let now = self.state.nearest.as_ref().map(|nearest| &nearest.by);
        if let Some(ranker) = &self.ranker
            && now == Some(&nearest.by)
            && self.state.demos == state.demos
        {
            return Ok(Some(Arc::clone(ranker)));
        }
        match pool::ranker(nearest, &self.spec, &state.demos, embedder) {
            Ok(ranker) => Ok(Some(Arc::new(ranker))),
            Err(error) => Err(StateError::embed(&self.path, &error)),
        }
    }

    /// Gives it another signature. Parts of its state that do not fit any more are dropped.
    pub(super) fn set_spec(&mut self, spec: Arc<SignatureSpec>) {
        let mut state = PredictorState::clone(&self.state);
        state.fields.retain(|name, _| spec.field(name).is_some());
        state.demos.retain(|demo| demo.check(&spec).is_ok());
        self.spec = spec;
        self.ranker = None;
        self.put(state);
    }

    /// How often a reply that cannot be read is returned to the model.
    pub(crate) const fn repairs(&self) -> u32 {
        self.repairs
    }

    fn prepare(&mut self) {
        let (spec, ranker) = (&self.spec, self.ranker.as_ref());
        self.prepared = match &self.tool_use {
            None => Prepared::plain(spec, &*self.adapter, &self.state, ranker),
            Some(tools) if self.lm.info().native_tools => {
                Prepared::native(spec, &self.state, tools, ranker)
            }
            Some(tools) => {
                let state = tools.instructed(spec, &self.state);
                Prepared::plain(spec, &*self.adapter, &state, ranker)
            }
        };
    }
}
