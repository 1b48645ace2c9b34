//! How a predictor calls its model.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Predictor;
use crate::adapter::{ParseError, ParseProblem, Parsed, Receipt, Repair, one_line};
use crate::call::{CallError, Context, StartedStep, TraceEvent, TraceStep, Unanswered};
use crate::lm::{
    BoxFuture, ChatError, ChatReply, ChatRequest, FinishReason, LmError, LmErrorKind, Message,
    Params, Purpose, Spend, Tag, ToolCall, Usage,
};
use crate::module::shape::added;
use crate::module::tool_use::{self, TOOL_NAME, read_native, read_text};
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
            match self.read(&reply, &request, step) {
                Ok((parsed, more)) => {
                    return Ok(Answer {
                        parsed,
                        more,
                        reply,
                    });
                }
                Err(unread) => match self.repair(&unread) {
                    Some(words) if repairs_left > 0 => {
                        repairs_left -= 1;
                        purpose = Purpose::Repair;
                        request.turns.push(Message::assistant(reply.text));
                        request.turns.push(Message::user(words));
                    }
                    _ => return Err(self.unread(unread)),
                },
            }
        }
    }

    fn unpicked(&self, error: EmbedError) -> CallError {
        CallError::step(&*self.path, error)
    }

    /// Reads a reply, unless the reason for which it ended says that it is not an answer. Nothing else
    /// may read one: what was cut, refused or filtered is never a value, a demo or a call of a tool.
    fn read(
        &self,
        reply: &ChatReply,
        request: &ChatRequest,
        step: &StartedStep<'_>,
    ) -> Result<(Parsed, Vec<ToolCall>), Unread> {
        match reply.finish {
            FinishReason::Length => Err(Unread::Unanswered(Unanswered::cut(
                request.params.max_tokens,
                &reply.text,
            ))),
            FinishReason::Refusal => Err(Unread::Unanswered(Unanswered::refused(&reply.text))),
            FinishReason::ContentFilter => Err(Unread::Filtered(self.filtered(&reply.text))),
            FinishReason::Stop | FinishReason::ToolCalls | FinishReason::Other => {
                self.parse(reply, step).map_err(Unread::Unreadable)
            }
        }
    }

    fn parse(
        &self,
        reply: &ChatReply,
        step: &StartedStep<'_>,
    ) -> Result<(Parsed, Vec<ToolCall>), ParseError> {
        if self.prepared.native {
            let chosen = read_native(reply, &self.prepared.tools);
            return match chosen {
                Ok(chosen) => Ok(self.choice(chosen, step)),
                Err(told) => Err(self.not_called(told, reply, step)),
            };
        }
        let parsed = self.adapter.parse(&self.spec, &reply.text);
        let error = match parsed {
            Ok(parsed) => return Ok((parsed, Vec::new())),
            Err(error) => error,
        };
        let tools = self.tool_use.as_ref();
        let chosen = tools.and_then(|tools| read_text(&reply.text, &tools.defs));
        chosen.map_or(Err(error), |chosen| Ok(self.choice(chosen, step)))
    }

    fn choice(&self, chosen: tool_use::Chosen, step: &StartedStep<'_>) -> (Parsed, Vec<ToolCall>) {
        let mut receipt = Receipt::default();
        if chosen.in_text {
            let done = "read the calls of tools from the text of the reply";
            receipt.repairs.push(Repair::new("", done));
            step.tell(|| TraceEvent::CalledInText {
                predictor: self.path.to_string(),
                calls: Ok(1 + chosen.more.len()),
            });
        }
        (Parsed::new(chosen.outputs, receipt), chosen.more)
    }

    /// The error for a reply that seems to call a tool, but does not.
    fn not_called(&self, told: String, reply: &ChatReply, step: &StartedStep<'_>) -> ParseError {
        step.tell(|| TraceEvent::CalledInText {
            predictor: self.path.to_string(),
            calls: Err(told.clone()),
        });
        let problem = ParseProblem::new(TOOL_NAME, told);
        ParseError::new(vec![problem], &*reply.text)
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

    /// What the model is told so that it writes another reply; `None` where another would be no better.
    fn repair(&self, unread: &Unread) -> Option<String> {
        match unread {
            Unread::Unreadable(error) => Some(match self.not_called_words(error) {
                Some(told) => told.to_owned(),
                None => self.adapter.repair(&self.spec, error),
            }),
            Unread::Unanswered(Unanswered::Cut { limit, .. }) => Some(self.repair_cut(*limit)),
            // A model that is asked until it stops refusing has not answered either.
            Unread::Unanswered(Unanswered::Refused { .. }) | Unread::Filtered(_) => None,
        }
    }

    /// What a model is told that seemed to call a tool by the provider's means, but did not.
    pub(in crate::module) fn not_called_words<'e>(&self, error: &'e ParseError) -> Option<&'e str> {
        let problem = error.problems.first().filter(|_| self.prepared.native);
        problem.map(|problem| &*problem.problem)
    }

    fn repair_cut(&self, limit: Option<u32>) -> String {
        let tokens = limit.map_or_else(String::new, |limit| format!(" of {limit} tokens"));
        if self.prepared.native {
            return format!(
                "Your reply was cut off at the limit{tokens}, so no tool was called. Write a shorter one."
            );
        }
        let last = self.spec.outputs().last();
        let problem = format!(
            "was cut off, since your reply reached the limit{tokens}; this time, write less"
        );
        let field = last.map_or("", |field| &*field.name);
        let error = ParseError::new(vec![ParseProblem::new(field, problem)], "");
        self.adapter.repair(&self.spec, &error)
    }

    fn filtered(&self, reply: &str) -> LmError {
        let model = &self.lm.info().id;
        let rest = match reply.trim() {
            "" => String::new(),
            _ => format!("; before that the model wrote: {}", one_line(reply)),
        };
        LmError::new(
            LmErrorKind::ContentPolicy,
            format!(
                "the provider of `{model}` refuses the content: its filter withheld the reply{rest}"
            ),
        )
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
            CallError::Unanswered { source, .. } => source.reply(),
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

    fn unread(&self, unread: Unread) -> CallError {
        let predictor = self.path.to_string();
        match unread {
            Unread::Unreadable(error) => self.unreadable(error),
            Unread::Unanswered(source) => CallError::Unanswered {
                predictor,
                source: Box::new(source),
            },
            Unread::Filtered(source) => CallError::Lm { predictor, source },
        }
    }

    fn unreadable(&self, error: ParseError) -> CallError {
        CallError::Parse {
            predictor: self.path.to_string(),
            source: Box::new(error),
        }
    }
}

/// Why nothing was read from a reply.
enum Unread {
    /// It is not in the form that was asked for.
    Unreadable(ParseError),
    /// It was cut, or is a refusal.
    Unanswered(Unanswered),
    /// The provider withheld it.
    Filtered(LmError),
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
