//! What `ReAct` does, below the types of a signature.

use std::sync::Arc;

use serde_json::Value;

use super::fields::{EXTRACT, OUTER, REACT};
use super::rules::{Finish, extracting, tool_use};
use super::trajectory::{AgentStep, Trajectory};
use crate::adapter::same_name;
use crate::call::{Bounds, CallError, CallsPerRun, Context, TraceEvent};
use crate::lm::{BoxFuture, Lm, LmErrorKind, Message, ToolCall};
use crate::module::shape::derive;
use crate::module::tool_use::{FINISH, are_cut, outputs};
use crate::module::{ModuleCore, Predictor};
use crate::signature::SignatureSpec;
use crate::tool::{IntoTool, SHOWN, Tool, Toolbox, ToolboxError, excerpt};

/// How often the oldest step is dropped for one call whose prompt is too long.
const MOST_DROPPED: u32 = 3;

/// An agent, below the types of a signature.
#[derive(Clone, Debug)]
pub struct Agent {
    spec: Arc<SignatureSpec>,
    react: Predictor,
    extract: Predictor,
    /// The tools and `finish`.
    pub(super) tools: Result<Toolbox, ToolboxError>,
    pub(super) max_iters: u32,
}

impl Agent {
    /// An agent without tools.
    pub(super) fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        let mut answering = derive(signature, EXTRACT, 0);
        answering.instructions = extracting(signature).into();
        let react = Predictor::new("react", Arc::new(derive(signature, REACT, 0)), lm.clone());
        let mut agent = Self {
            react,
            extract: Predictor::new("extract", Arc::new(answering), lm),
            spec: Arc::new(derive(signature, OUTER, 0)),
            tools: Ok(Toolbox::default()),
            max_iters: 20,
        };
        agent.set_tools(Vec::<Arc<dyn Tool>>::new());
        agent
    }

    pub(super) fn set_tools<T: IntoTool>(&mut self, tools: impl IntoIterator<Item = T>) {
        self.tools = with_finish(tools);
        if let Ok(tools) = &self.tools {
            self.react.set_tool_use(tool_use(&self.spec, tools));
        }
    }

    async fn answer(
        &self,
        context: &Context<'_>,
        inputs: Vec<Value>,
    ) -> Result<Vec<Value>, CallError> {
        let mut trajectory = Trajectory::default();
        let finished = self.act(context, &inputs, &mut trajectory).await?;
        match ask(&self.extract, context, &inputs, &mut trajectory).await {
            Ok((mut outputs, _)) => {
                outputs.insert(0, trajectory.whole().into());
                Ok(outputs)
            }
            Err(CallError::Parse { predictor, source }) if !finished => Err(CallError::NoAnswer {
                predictor,
                trajectory: trajectory.whole(),
                source,
            }),
            Err(error) => Err(error),
        }
    }

    /// Takes steps, and says whether the model finished.
    async fn act(
        &self,
        context: &Context<'_>,
        inputs: &[Value],
        trajectory: &mut Trajectory,
    ) -> Result<bool, CallError> {
        let tools = self.tools.as_ref().map_err(|source| CallError::Tools {
            source: source.clone(),
        })?;
        for _ in 0..self.max_iters {
            if self.step(context, tools, inputs, trajectory).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Asks what to do, does it, and says whether it was the last step.
    async fn step(
        &self,
        context: &Context<'_>,
        tools: &Toolbox,
        inputs: &[Value],
        trajectory: &mut Trajectory,
    ) -> Result<bool, CallError> {
        let (chosen, more) = match ask(&self.react, context, inputs, trajectory).await {
            Ok(chosen) => chosen,
            Err(error) => return self.observe_unread(error, trajectory),
        };
        if run(context, tools, chosen, trajectory).await {
            return Ok(true);
        }
        for call in more {
            if self
                .run_next(context, tools, inputs, &call, trajectory)
                .await
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A reply that seems to call a tool, but does not: nothing is run, and the model is told. Any other
    /// error ends the call.
    fn observe_unread(
        &self,
        error: CallError,
        trajectory: &mut Trajectory,
    ) -> Result<bool, CallError> {
        let told = match &error {
            CallError::Parse { source, .. } => {
                self.react.not_called_words(source).zip(Some(source))
            }
            _ => None,
        };
        let Some((told, source)) = told else {
            return Err(error);
        };
        trajectory.push(AgentStep {
            thought: excerpt(&source.reply, SHOWN),
            tool: String::new(),
            arguments: Value::Null,
            observation: Some(told.to_owned()),
        });
        Ok(false)
    }

    /// A further call in the same reply. In the trace it is a separate step, as if the model had been asked
    /// again, so that it can become a demo.
    async fn run_next(
        &self,
        context: &Context<'_>,
        tools: &Toolbox,
        inputs: &[Value],
        call: &ToolCall,
        trajectory: &mut Trajectory,
    ) -> bool {
        let chosen = outputs("", call);
        let inputs = with_trajectory(inputs, trajectory);
        self.react.trace_unasked(context, &inputs, &chosen);
        run(context, tools, chosen, trajectory).await
    }
}

impl ModuleCore for Agent {
    fn spec(&self) -> &SignatureSpec {
        &self.spec
    }

    fn call_values<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>> {
        Box::pin(self.answer(context, inputs))
    }

    fn render_values(&self, inputs: Vec<Value>) -> Vec<Message> {
        match self.tools {
            Ok(_) => {
                let inputs = with_trajectory(&inputs, &Trajectory::default());
                self.react.render(&inputs)
            }
            // Nothing is sent.
            Err(_) => Vec::new(),
        }
    }

    fn calls_per_run(&self) -> CallsPerRun {
        // So many steps at most, and then the answer.
        CallsPerRun::task(Bounds::new(1, u64::from(self.max_iters) + 1))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.react, &self.extract]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.react, &mut self.extract]
    }
}

/// Calls a predictor with the steps so far, or with fewer of them if they make the prompt too long.
async fn ask(
    predictor: &Predictor,
    context: &Context<'_>,
    inputs: &[Value],
    trajectory: &mut Trajectory,
) -> Result<(Vec<Value>, Vec<ToolCall>), CallError> {
    let mut dropped = 0;
    loop {
        let inputs = with_trajectory(inputs, trajectory);
        match predictor.choose(context, inputs).await {
            Err(CallError::Lm { predictor, source })
                if source.kind() == LmErrorKind::ContextTooLong && !trajectory.is_empty() =>
            {
                if dropped == MOST_DROPPED || !trajectory.hide_oldest() {
                    return Err(CallError::ContextOverflow {
                        predictor,
                        trajectory: trajectory.whole(),
                        source: Box::new(source),
                    });
                }
                dropped += 1;
            }
            outcome => return outcome,
        }
    }
}

fn with_trajectory(inputs: &[Value], trajectory: &Trajectory) -> Vec<Value> {
    let shown = Value::from(trajectory.shown());
    inputs.iter().cloned().chain([shown]).collect()
}

/// Does what the model chose, and says whether it chose to finish.
async fn run(
    context: &Context<'_>,
    tools: &Toolbox,
    chosen: Vec<Value>,
    trajectory: &mut Trajectory,
) -> bool {
    let mut chosen = chosen.into_iter();
    let mut text = || match chosen.next() {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let (thought, tool) = (text(), text());
    let arguments = match chosen.next() {
        Some(Value::String(text)) if text.trim().is_empty() => Value::Null,
        arguments => arguments.unwrap_or_default(),
    };
    let finished = same_name(&tool, FINISH);
    let observation = match finished {
        true => None,
        false => Some(observe(context, tools, &tool, &arguments).await),
    };
    trajectory.push(AgentStep {
        thought,
        tool,
        arguments,
        observation,
    });
    finished
}

/// Calls a tool, and gives what the model is shown of it: the result, or what went wrong.
async fn observe(context: &Context<'_>, tools: &Toolbox, tool: &str, arguments: &Value) -> String {
    context.tell(|| TraceEvent::ToolStarted {
        tool: tool.to_owned(),
        arguments: arguments.clone(),
    });
    let result = match are_cut(arguments) {
        true => Err(format!(
            "the arguments of `{tool}` cannot be used: they end in the middle; call it again"
        )),
        false => match tools.call(tool, arguments.clone()).await {
            Ok(text) => Ok(excerpt(&text, SHOWN)),
            Err(failure) => Err(excerpt(&failure.to_string(), SHOWN)),
        },
    };
    context.tell(|| TraceEvent::ToolEnded {
        tool: tool.to_owned(),
        result: result.clone(),
    });
    result.unwrap_or_else(|failure| failure)
}

/// The tools, and `finish` after them.
fn with_finish<T: IntoTool>(tools: impl IntoIterator<Item = T>) -> Result<Toolbox, ToolboxError> {
    let tools: Vec<Arc<dyn Tool>> = tools.into_iter().map(IntoTool::into_tool).collect();
    if tools
        .iter()
        .any(|tool| same_name(&tool.spec().name, FINISH))
    {
        return Err(ToolboxError::ReservedName {
            name: FINISH.to_owned(),
        });
    }
    Toolbox::new(tools.into_iter().chain([Finish::shared()]))
}
