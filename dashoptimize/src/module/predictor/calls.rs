//! How a predictor calls its model.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Predictor;
use crate::adapter::{ParseError, ParseProblem, Parsed, Receipt};
use crate::call::{CallError, Context, StartedStep, TraceEvent, TraceStep};
use crate::lm::{
    BoxFuture, ChatError, ChatReply, ChatRequest, Message, Params, Purpose, Spend, Tag, ToolCall,
    Usage,
};
use crate::module::shape::added;
use crate::module::tool_use::read_native;
use crate::retrieve::EmbedError;
use crate::signature::{Field, Role as FieldRole, SignatureSpec, Ty, ValueError};

/// The outputs of a call, and the further calls of tools in its reply.
type Chosen = (Vec<Value>, Vec<ToolCall>);

/// A reply that could be read.
struct Answer {
    parsed: Parsed,
    /// The calls of tools after the first one, which the outputs hold.
    more: Vec<ToolCall>,
    reply: ChatReply,
}

impl Predictor {
    /// The messages for these inputs, exactly as a call sends them. Nothing is called.
    ///
    /// If an embedder that chooses demos fails, a call ends with its error before anything is sent. Then
    /// there are no messages.
    #[must_use]
    pub fn render(&self, inputs: &[Value]) -> Vec<Message> {
        self.messages(inputs).unwrap_or_default()
    }

    /// As [`render`](Self::render), with the error of a call that fails before anything is sent.
    pub(in crate::module) fn messages(&self, inputs: &[Value]) -> Result<Vec<Message>, CallError> {
        let picked = self.prepared.pick(inputs, &self.held_out);
        let picked = picked.map_err(|error| self.unpicked(error))?;
        let query = self.adapter.query(&self.spec, inputs);
        let request = self.request(&picked, query, Arc::clone(&self.prepared.params), 0);
        Ok(request.messages().cloned().collect())
    }

    /// Identifies the part of its requests that is the same in all calls, as it is sent: messages, tools,
    /// format of the reply and parameters.
    pub(crate) fn prompt_id(&self) -> String {
        let params = Arc::clone(&self.prepared.params);
        let request = self.request(&[], String::new(), params, 0);
        format!("{:016x}", request.key("").number())
    }

    /// Calls the model with these inputs (in the order of the spec) and reads its reply.
    ///
    /// # Errors
    ///
    /// If the model cannot be asked, the budget refuses, or the reply cannot be read after the
    /// allowed repairs.
    // Boxed, as `choose` is, so that everything up to the model is compiled here, and not again in each
    // crate with a signature.
    pub fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>> {
        Box::pin(async move {
            let (outputs, _) = self.step(context, inputs).await?;
            Ok(outputs)
        })
    }

    /// As [`call`](Self::call), for a reply that may call several tools: the outputs hold the first call,
    /// and the others follow.
    pub(in crate::module) fn choose<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Chosen, CallError>> {
        Box::pin(self.step(context, inputs))
    }

    /// A call as one step of the trace.
    async fn step(&self, context: &Context<'_>, inputs: Vec<Value>) -> Result<Chosen, CallError> {
        let step = context.start_step();
        step.tell(|| TraceEvent::PredictorStarted {
            predictor: self.path.to_string(),
            inputs: named(self.spec.inputs(), &inputs),
        });
        match self.ask(context, &step, &inputs).await {
            Ok(Answer {
                parsed,
                more,
                reply,
            }) => {
                step.end(|| {
                    self.trace_step(&inputs, &parsed.values)
                        .with_receipt(parsed.receipt)
                        .with_usage(reply.usage)
                        .with_reply(reply.text)
                });
                Ok((parsed.values, more))
            }
            Err(error) => {
                step.end(|| self.failed_step(&inputs, &error));
                Err(error)
            }
        }
    }

    async fn ask(
        &self,
        context: &Context<'_>,
        step: &StartedStep<'_>,
        inputs: &[Value],
    ) -> Result<Answer, CallError> {
        let picked = self.prepared.pick_async(inputs, &self.held_out).await;
        let picked = picked.map_err(|error| self.unpicked(error))?;
        if self.prepared.pool.is_some() {
            step.tell(|| TraceEvent::DemosPicked {
                predictor: self.path.to_string(),
                demos: picked.clone(),
            });
        }
        let query = self.query(context, inputs);
        let mut request = self.request(&picked, query, self.params(context), context.sample());
        let mut purpose = context.purpose();
        let mut repairs_left = self.repairs;
        loop {
            let reply = self.send(context, &request, purpose).await?;
            match self.parse(&reply) {
                Ok((parsed, more)) => {
                    return Ok(Answer {
                        parsed,
                        more,
                        reply,
                    });
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

    fn unpicked(&self, error: EmbedError) -> CallError {
        CallError::step(&*self.path, error)
    }

    fn parse(&self, reply: &ChatReply) -> Result<(Parsed, Vec<ToolCall>), ParseError> {
        if !self.prepared.native {
            let parsed = self.adapter.parse(&self.spec, &reply.text)?;
            return Ok((parsed, Vec::new()));
        }
        let (values, more) = read_native(reply);
        let receipt = Receipt::default();
        Ok((Parsed::new(values, receipt), more))
    }

    /// The inputs in words; a hint is one more input after them.
    fn query(&self, context: &Context<'_>, inputs: &[Value]) -> String {
        let Some(hint) = context.hints().and_then(|hints| hints.get(&self.path)) else {
            return self.adapter.query(&self.spec, inputs);
        };
        let inputs = [inputs, &[hint.into()]].concat();
        self.adapter.query(&with_hint(&self.spec), &inputs)
    }

    fn request(
        &self,
        picked: &[usize],
        query: String,
        params: Arc<Params>,
        sample: u32,
    ) -> ChatRequest {
        let mut turns = self.prepared.turns(picked);
        turns.push(Message::user(query));
        ChatRequest {
            prefix: Arc::clone(&self.prepared.prefix),
            turns,
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
            second_try: context.is_second_try(),
        };
        let mut spend = Spend::default();
        let gateway = context.gateway();
        let sent = gateway.chat_counting(&self.lm, request, tag, &mut spend);
        let answered = sent.await;
        context.count(spend);
        match answered {
            Ok(reply) => Ok(reply),
            Err(error) => {
                let error = self.failed(error);
                context.note(&error);
                Err(error)
            }
        }
    }

    fn ask_again(&self, request: &mut ChatRequest, reply: String, error: &ParseError) {
        request.turns.push(Message::assistant(reply));
        let words = self.adapter.repair(&self.spec, error);
        request.turns.push(Message::user(words));
    }

    /// Enters a step into the trace for which the model was not asked again.
    pub(in crate::module) fn trace_unasked(
        &self,
        context: &Context<'_>,
        inputs: &[Value],
        values: &[Value],
    ) {
        let step = context.start_step();
        step.end(|| {
            self.trace_step(inputs, values)
                .with_usage(Some(Usage::default()))
        });
    }

    fn trace_step(&self, inputs: &[Value], values: &[Value]) -> TraceStep {
        let outputs = named(self.spec.outputs(), values);
        TraceStep::new(&*self.path, named(self.spec.inputs(), inputs), Ok(outputs))
            .with_model(&*self.lm.info().id)
    }

    fn failed_step(&self, inputs: &[Value], error: &CallError) -> TraceStep {
        let reply = match error {
            CallError::Parse { source, .. } => &*source.reply,
            _ => "",
        };
        let inputs = named(self.spec.inputs(), inputs);
        TraceStep::new(&*self.path, inputs, Err(error.clone()))
            .with_model(&*self.lm.info().id)
            .with_reply(reply)
    }

    fn failed(&self, error: ChatError) -> CallError {
        let predictor = self.path.to_string();
        match error {
            ChatError::Lm(source) => CallError::Lm { predictor, source },
            ChatError::Refused(source) => CallError::Refused { predictor, source },
            ChatError::Journal(source) => CallError::Journal { source },
        }
    }

    /// The error of a typed output that rejects the values that were read. It only happens if a
    /// [`Record`](crate::signature::Record) that was written by hand is stricter than its spec.
    pub(in crate::module) fn unfit(&self, error: &ValueError) -> CallError {
        self.unreadable(ParseError::new(vec![ParseProblem::from(error)], ""))
    }

    fn unreadable(&self, error: ParseError) -> CallError {
        CallError::Parse {
            predictor: self.path.to_string(),
            source: Box::new(error),
        }
    }
}

/// The signature with an input for a hint after its own, under a name that it does not have yet.
fn with_hint(spec: &SignatureSpec) -> SignatureSpec {
    let mut hint = added("hint", FieldRole::Input, Ty::Str, "", "Hint:");
    while spec.field(&hint.name).is_some() {
        hint.name.to_mut().push('_');
    }
    let mut spec = spec.clone();
    let after_inputs = spec.inputs().len();
    spec.fields.to_mut().insert(after_inputs, hint);
    spec
}

fn named<'a>(fields: impl Iterator<Item = &'a Field>, values: &[Value]) -> Map<String, Value> {
    fields
        .zip(values)
        .map(|(field, value)| (Cow::into_owned(field.name.clone()), value.clone()))
        .collect()
}
