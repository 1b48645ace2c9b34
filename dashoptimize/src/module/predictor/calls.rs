//! How a predictor calls its model.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Predictor;
use crate::adapter::{ParseError, ParseProblem, Parsed, Receipt};
use crate::call::{CallError, Context, TraceEvent, TraceStep};
use crate::lm::{
    BoxFuture, ChatError, ChatReply, ChatRequest, Message, Params, Purpose, Role, Tag, ToolCall,
    Usage,
};
use crate::module::shape::added;
use crate::module::tool_use::read_native;
use crate::retrieve::EmbedError;
use crate::signature::{Field, Role as FieldRole, SignatureSpec, Ty, ValueError};

/// Outputs, and the calls of tools behind the one that they say.
type Chosen = (Vec<Value>, Vec<ToolCall>);

impl Predictor {
    /// The messages for these inputs, exactly as a call sends them. Nothing is called.
    ///
    /// Where an embedder that chooses demos fails, a call ends with its error before anything is sent;
    /// then there are no messages.
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

    /// Calls the model with these inputs (in the order of the spec) and reads its reply.
    ///
    /// # Errors
    ///
    /// Where the model cannot be asked, the budget refuses, or the reply cannot be read after the
    /// allowed repairs.
    // Boxed, as `choose` is, so that the way to a model is compiled here and not once more in each
    // crate with a signature.
    pub fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>> {
        Box::pin(async move {
            let (outputs, _) = self.watched(context, inputs).await?;
            Ok(outputs)
        })
    }

    /// As [`call`](Self::call). Where the reply calls several tools, the outputs say the first of them,
    /// and the others stand behind.
    pub(in crate::module) fn choose<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Chosen, CallError>> {
        Box::pin(self.watched(context, inputs))
    }

    /// Tells listeners of a failure.
    async fn watched(
        &self,
        context: &Context<'_>,
        inputs: Vec<Value>,
    ) -> Result<Chosen, CallError> {
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
    ) -> Result<Chosen, CallError> {
        context.tell(|| TraceEvent::Started {
            predictor: self.path.to_string(),
        });
        let picked = self.prepared.pick_beside(&inputs, &self.held_out).await;
        let picked = picked.map_err(|error| self.unpicked(error))?;
        self.tell_picked(context, &picked);
        let query = self.query(context, &inputs);
        let mut request = self.request(&picked, query, self.params(context), context.sample());
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

    fn unpicked(&self, error: EmbedError) -> CallError {
        CallError::Step {
            step: self.path.to_string(),
            source: Arc::new(error),
        }
    }

    fn tell_picked(&self, context: &Context<'_>, picked: &[usize]) {
        if self.prepared.pool.is_some() {
            context.tell(|| TraceEvent::Step {
                what: "demos",
                name: self.path.to_string(),
                text: format!("{picked:?}"),
            });
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

    fn request(
        &self,
        picked: &[usize],
        query: String,
        params: Arc<Params>,
        sample: u32,
    ) -> ChatRequest {
        let mut turns = self.prepared.turns(picked);
        turns.push(Message::new(Role::User, query));
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
    pub(in crate::module) fn trace_unasked(
        &self,
        context: &Context<'_>,
        inputs: &[Value],
        values: &[Value],
    ) {
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

    /// The error where a typed output refuses the values that were read. It happens only where a
    /// [`Record`](crate::signature::Record) that was written by hand is stricter than its spec.
    pub(in crate::module) fn unfit(&self, error: &ValueError) -> CallError {
        self.unreadable(ParseError {
            problems: vec![ParseProblem {
                field: error.path(),
                problem: error.problem().to_owned(),
            }],
            reply: String::new(),
        })
    }

    fn unreadable(&self, error: ParseError) -> CallError {
        CallError::Parse {
            predictor: self.path.to_string(),
            source: Box::new(error),
        }
    }
}

/// The signature with an input for a hint behind its own, under a name that it does not have yet.
fn with_hint(spec: &SignatureSpec) -> SignatureSpec {
    let mut hint = added("hint", FieldRole::Input, Ty::Str, "", "Hint:");
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
