//! One step that calls a model: the untyped core of every module, and the unit of optimization.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::state::{Demo, PredictorState, StateError};
use super::tool_use::{ToolUse, read_native};
use super::{CallError, Context, TraceEvent, TraceStep};
use crate::adapter::{Adapter, ChatAdapter, ParseError, Parsed, Receipt};
use crate::lm::{
    ChatError, ChatReply, ChatRequest, Lm, Message, Params, Prefix, Purpose, ReplyFormat, Role,
    Tag, ToolCall, ToolDef, Usage,
};
use crate::signature::{Field, Role as FieldRole, SignatureSpec, Ty};

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
    prepared: Prepared,
}

/// What all calls share, made once from the parts above.
#[derive(Clone, Debug)]
struct Prepared {
    prefix: Arc<Prefix>,
    params: Arc<Params>,
    format: Arc<ReplyFormat>,
    tools: Arc<[ToolDef]>,
    /// Whether replies call tools in the provider's own way.
    native: bool,
}

impl Predictor {
    /// A predictor at a path, with the [`ChatAdapter`], the signature's own prose and no demos.
    #[must_use]
    pub fn new(path: &str, spec: Arc<SignatureSpec>, lm: Lm) -> Self {
        let adapter: Arc<dyn Adapter> = Arc::new(ChatAdapter);
        let state = Arc::new(PredictorState::default());
        let prepared = Prepared::plain(&spec, &*adapter, &state);
        Self {
            path: path.into(),
            spec,
            lm,
            adapter,
            state,
            repairs: 0,
            tool_use: None,
            prepared,
        }
    }

    /// Where the predictor is in its program, such as `answer.hard`.
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

    /// What an optimizer may change of it, as it stands.
    #[must_use]
    pub fn state(&self) -> &PredictorState {
        &self.state
    }

    /// Sets the path. A pipeline does it when it takes a module in.
    pub fn set_path(&mut self, path: &str) {
        self.path = path.into();
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

    /// Changes the sampling parameters.
    pub fn change_params(&mut self, change: impl FnOnce(&mut Params)) {
        change(&mut Arc::make_mut(&mut self.state).params);
        self.prepare();
    }

    /// Sets demos that fit the signature.
    pub(super) fn set_demos(&mut self, demos: Vec<Demo>) {
        Arc::make_mut(&mut self.state).demos = demos;
        self.prepare();
    }

    /// Sets how often a reply that cannot be read, or that breaks an `assert`, is handed back to the
    /// model with what is wrong. Each time is one more call. Default 0.
    pub const fn set_repairs(&mut self, repairs: u32) {
        self.repairs = repairs;
    }

    /// Sets all that an optimizer may change.
    ///
    /// # Errors
    ///
    /// Where the state names a field that the signature lacks, or a demo does not fit.
    pub fn set_state(&mut self, state: PredictorState) -> Result<(), StateError> {
        state.check(&self.path, &self.spec)?;
        self.state = Arc::new(state);
        self.prepare();
        Ok(())
    }

    /// Gives it another signature. What of its state does not fit any more is dropped.
    pub(super) fn set_spec(&mut self, spec: Arc<SignatureSpec>) {
        let state = Arc::make_mut(&mut self.state);
        state.fields.retain(|name, _| spec.field(name).is_some());
        state.demos.retain(|demo| demo.check(&spec).is_ok());
        self.spec = spec;
        self.prepare();
    }

    /// The messages for these inputs, exactly as a call sends them. Nothing is called.
    #[must_use]
    pub fn render(&self, inputs: &[Value]) -> Vec<Message> {
        let query = self.adapter.query(&self.spec, inputs);
        let request = self.request(query, Arc::clone(&self.prepared.params), 0);
        request.messages().cloned().collect()
    }

    /// Calls the model with these inputs (in the order of the spec) and reads its reply.
    ///
    /// # Errors
    ///
    /// Where the model cannot be asked, the budget refuses, or the reply cannot be read after the
    /// allowed repairs.
    pub async fn call(
        &self,
        context: &Context<'_>,
        inputs: Vec<Value>,
    ) -> Result<Vec<Value>, CallError> {
        self.choose(context, inputs)
            .await
            .map(|(outputs, _)| outputs)
    }

    /// As [`call`](Self::call). Where the reply calls several tools, the outputs say the first of them,
    /// and the others stand behind.
    pub(super) async fn choose(
        &self,
        context: &Context<'_>,
        inputs: Vec<Value>,
    ) -> Result<(Vec<Value>, Vec<ToolCall>), CallError> {
        let begun = context.begin();
        let outputs = self.ask(context, begun, inputs).await;
        if let Err(error) = &outputs {
            context.tell(|| TraceEvent::Failed {
                predictor: self.path.to_string(),
                error: error.to_string(),
            });
        }
        outputs
    }

    async fn ask(
        &self,
        context: &Context<'_>,
        begun: u32,
        inputs: Vec<Value>,
    ) -> Result<(Vec<Value>, Vec<ToolCall>), CallError> {
        context.tell(|| TraceEvent::Started {
            predictor: self.path.to_string(),
        });
        let query = self.query(context, &inputs);
        let mut request = self.request(query, self.params(context), context.sample());
        let mut purpose = context.purpose();
        let mut repairs_left = self.repairs;
        loop {
            let reply = self.send(context, &request, purpose).await?;
            match self.parse(&reply) {
                Ok((parsed, more)) => {
                    let outputs = self.accept(context, begun, &inputs, parsed, &reply);
                    return Ok((outputs, more));
                }
                Err(error) if repairs_left > 0 => {
                    repairs_left -= 1;
                    purpose = Purpose::Repair;
                    self.ask_again(&mut request, reply.text, &error);
                }
                Err(error) => return Err(self.unreadable(error)),
            }
        }
    }

    fn parse(&self, reply: &ChatReply) -> Result<(Parsed, Vec<ToolCall>), ParseError> {
        if !self.prepared.native {
            let parsed = self.adapter.parse(&self.spec, &reply.text)?;
            return Ok((parsed, Vec::new()));
        }
        let (values, more) = read_native(reply);
        let receipt = Receipt::default();
        Ok((Parsed { values, receipt }, more))
    }

    /// The inputs in words; a hint is one more input behind them.
    fn query(&self, context: &Context<'_>, inputs: &[Value]) -> String {
        let Some(hint) = context.hints().and_then(|hints| hints.get(&self.path)) else {
            return self.adapter.query(&self.spec, inputs);
        };
        let inputs = [inputs, &[hint.into()]].concat();
        self.adapter.query(&with_hint(&self.spec), &inputs)
    }

    fn request(&self, query: String, params: Arc<Params>, sample: u32) -> ChatRequest {
        ChatRequest {
            prefix: Arc::clone(&self.prepared.prefix),
            turns: vec![Message::new(Role::User, query)],
            params,
            format: Arc::clone(&self.prepared.format),
            tools: Arc::clone(&self.prepared.tools),
            sample,
        }
    }

    fn params(&self, context: &Context<'_>) -> Arc<Params> {
        let mut params = Arc::clone(&self.prepared.params);
        if let Some(temperature) = context.temperature() {
            Arc::make_mut(&mut params).temperature = Some(temperature);
        }
        params
    }

    async fn send(
        &self,
        context: &Context<'_>,
        request: &ChatRequest,
        purpose: Purpose,
    ) -> Result<ChatReply, CallError> {
        let tag = Tag {
            purpose,
            predictor: &self.path,
            candidate: context.candidate(),
        };
        match context.gateway().chat(&self.lm, request, tag).await {
            Ok(reply) => {
                context.count(self.lm.info(), reply.usage);
                Ok(reply)
            }
            Err(error) => {
                let error = self.failed(error);
                context.note(&error);
                Err(error)
            }
        }
    }

    fn ask_again(&self, request: &mut ChatRequest, reply: String, error: &ParseError) {
        request.turns.push(Message::new(Role::Assistant, reply));
        let words = self.adapter.repair(&self.spec, error);
        request.turns.push(Message::new(Role::User, words));
    }

    fn accept(
        &self,
        context: &Context<'_>,
        begun: u32,
        inputs: &[Value],
        parsed: Parsed,
        reply: &ChatReply,
    ) -> Vec<Value> {
        context.trace(begun, || TraceStep {
            predictor: self.path.to_string(),
            inputs: named(self.spec.inputs(), inputs),
            outputs: named(self.spec.outputs(), &parsed.values),
            receipt: parsed.receipt,
            usage: reply.usage,
        });
        parsed.values
    }

    /// Enters a step into the trace for which the model was not asked again.
    pub(super) fn trace_unasked(&self, context: &Context<'_>, inputs: &[Value], values: &[Value]) {
        context.trace(context.begin(), || TraceStep {
            predictor: self.path.to_string(),
            inputs: named(self.spec.inputs(), inputs),
            outputs: named(self.spec.outputs(), values),
            receipt: Receipt::default(),
            usage: Some(Usage::default()),
        });
    }

    fn failed(&self, error: ChatError) -> CallError {
        let predictor = self.path.to_string();
        match error {
            ChatError::Lm(source) => CallError::Lm { predictor, source },
            ChatError::Refused(source) => CallError::Refused { predictor, source },
            ChatError::Journal(source) => CallError::Journal { source },
        }
    }

    pub(crate) fn unreadable(&self, error: ParseError) -> CallError {
        CallError::Parse {
            predictor: self.path.to_string(),
            source: Box::new(error),
        }
    }

    fn prepare(&mut self) {
        self.prepared = match &self.tool_use {
            None => Prepared::plain(&self.spec, &*self.adapter, &self.state),
            Some(tools) if self.lm.info().native_tools => {
                Prepared::native(&self.spec, &self.state, tools)
            }
            Some(tools) => {
                let state = tools.instructed(&self.spec, &self.state);
                Prepared::plain(&self.spec, &*self.adapter, &state)
            }
        };
    }
}

impl Prepared {
    fn plain(spec: &SignatureSpec, adapter: &dyn Adapter, state: &PredictorState) -> Self {
        let mut params = state.params.clone();
        params.stop.extend(adapter.stop());
        Self {
            prefix: Prefix::new(adapter.prefix(spec, state)),
            params: Arc::new(params),
            format: Arc::new(adapter.format(spec)),
            tools: Arc::default(),
            native: false,
        }
    }

    fn native(spec: &SignatureSpec, state: &PredictorState, tools: &ToolUse) -> Self {
        Self {
            prefix: Prefix::new(tools.native_prefix(spec, state)),
            params: Arc::new(state.params.clone()),
            format: Arc::default(),
            tools: Arc::clone(&tools.defs),
            native: true,
        }
    }
}

/// The signature with an input for a hint behind its own, under a name that it does not have yet.
fn with_hint(spec: &SignatureSpec) -> SignatureSpec {
    let mut hint = super::shape::added("hint", FieldRole::Input, Ty::Str, "", "Hint:");
    while spec.field(&hint.name).is_some() {
        hint.name.to_mut().push('_');
    }
    let mut spec = spec.clone();
    let behind_inputs = spec.inputs().len();
    spec.fields.to_mut().insert(behind_inputs, hint);
    spec
}

fn named<'a>(fields: impl Iterator<Item = &'a Field>, values: &[Value]) -> Map<String, Value> {
    fields
        .zip(values)
        .map(|(field, value)| (Cow::into_owned(field.name.clone()), value.clone()))
        .collect()
}
