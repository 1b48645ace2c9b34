//! `ReAct`: reasoning and acting with tools.

mod fields;
mod rules;
mod trajectory;

use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::Value;

use self::fields::{EXTRACT, NEXT, OUTER, REACT, STEPS};
use self::rules::{Finish, tool_use};
use self::trajectory::{Step, Trajectory};
use super::chain_of_thought::REASONING;
use super::predictor::Predictor;
use super::shape::derive;
use super::tool_use::{FINISH, outputs};
use super::value_module::faces;
use super::{Acted, Derived, LLMNode, Untyped, ValueModule};
use crate::adapter::same_name;
use crate::call::{CallError, Context, TraceEvent};
use crate::lm::{Lm, LmErrorKind, Message, ToolCall};
use crate::signature::{Record, Signature, SignatureSpec, ValueError};
use crate::tool::{IntoTool, SHOWN, Tool, Toolbox, ToolboxError, excerpt};

/// How often the oldest step is dropped for one call whose prompt is too long.
const MOST_DROPPED: u32 = 3;

/// An agent: in each step the model thinks, chooses a tool and is shown what comes of it, until it
/// calls `finish`, or for `max_iters` steps. Then the outputs of `S` are made from the steps.
///
/// Predictors are `react`, which chooses, and `extract`, which answers with reasoning. Where the model has
/// [native tools](crate::lm::ModelInfo::native_tools), `react` uses them: the request carries the tools,
/// several calls in one reply are run in their order, and a reply without a call means `finish`. All other
/// models are told of the tools in the prompt. Trace, demos and artifacts are the same for both. What is
/// said of the tools is no part of the instructions, so no optimizer can rewrite it away.
///
/// Whatever goes wrong with a tool is what the model observes: a name that it invented, arguments that do
/// not fit (the tool is then not called), an error with its causes, a panic. Of each observation the first
/// 10,000 characters are kept, and how many are left out. While it happens, a
/// [listener](crate::call::Listener) is told of each `tool` and `observation`.
///
/// A prompt that is [too long](LmErrorKind::ContextTooLong) is tried again without the oldest step, up to 3
/// times; then the call fails with [`CallError::ContextOverflow`]. An answer is made from the steps even
/// where the model did not finish: what it found out is paid for, and may be enough. Where none can be made
/// either, the call fails with [`CallError::NoAnswer`], which keeps the steps.
///
/// Source: Yao et al. 2022, arXiv 2210.03629; the form is DSPy's.
///
/// ```
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::prelude::*;
///
/// /// Answer the question.
/// #[signature]
/// struct Ask {
///     #[input]
///     question: String,
///     #[output]
///     answer: String,
/// }
///
/// /// Adds two numbers.
/// #[tool]
/// fn add(a: i64, b: i64) -> i64 {
///     a + b
/// }
///
/// module!(
///     #[with(tools = [add], max_iters = 4)]
///     type Agent = ReAct<Ask>;
/// );
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let agent = Agent::new(Scripted::replies([
///     "[[ ## next_thought ## ]]\nI add.\n[[ ## next_tool_name ## ]]\nadd\n\
///      [[ ## next_tool_args ## ]]\n{\"a\": 20, \"b\": 22}",
///     "[[ ## next_thought ## ]]\nDone.\n[[ ## next_tool_name ## ]]\nfinish\n\
///      [[ ## next_tool_args ## ]]\n{}",
///     "[[ ## reasoning ## ]]\nThe sum is 42.\n[[ ## answer ## ]]\n42",
/// ]));
/// let reply = agent.call(AskInput { question: "20 + 22?".to_owned() }).await?;
/// assert_eq!(reply.answer, "42");
/// assert!(reply.trajectory.contains("Action 1: add {\"a\":20,\"b\":22}\nObservation 1: 42"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Panics
///
/// `new` panics where `S` already has a field `reasoning`, `trajectory`, `next_thought`, `next_tool_name`
/// or `next_tool_args`.
pub struct ReAct<S = Untyped> {
    spec: Arc<SignatureSpec>,
    react: Predictor,
    extract: Predictor,
    /// The tools and `finish`.
    tools: Result<Toolbox, ToolboxError>,
    max_iters: u32,
    signature: PhantomData<fn(S)>,
}

impl ReAct {
    /// An agent over a signature that is made at run time and a state that is any serde struct; see
    /// [`LLMNode`]. The name stands before the paths of its predictors.
    ///
    /// ```
    /// use dashoptimize::lm::Scripted;
    /// use dashoptimize::module::ReAct;
    /// use dashoptimize::signature::make_signature;
    /// use dashoptimize::tool::SimpleTool;
    /// use dashoptimize::tools;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Clone, Serialize, Deserialize)]
    /// struct QaState {
    ///     question: String,
    ///     answer: String,
    /// }
    ///
    /// let signature = make_signature("question -> answer", "Answer the question.")?;
    /// let search = SimpleTool::new("search", "Search the web.", |query| async move {
    ///     Ok(format!("nothing about {query}"))
    /// });
    /// let lm = Scripted::replies(["…"]);
    /// let node = ReAct::node::<QaState, _>(&signature, lm, tools![&search], "react_agent")?;
    /// # let _ = node;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`try_tools`](Self::try_tools).
    pub fn node<S, T: IntoTool>(
        signature: &SignatureSpec,
        lm: impl Into<Lm>,
        tools: impl IntoIterator<Item = T>,
        name: &str,
    ) -> Result<LLMNode<S, Self>, ToolboxError> {
        let agent = Self::over(signature, lm.into()).try_tools(tools)?;
        Ok(LLMNode::over(agent, name))
    }
}

impl<S> ReAct<S> {
    /// Sets the tools. Default: none. A list that cannot be (two tools of one name, or one called
    /// `finish`) is an error of every call, before a model is
    /// asked; [`try_tools`](Self::try_tools) says so at once.
    #[must_use]
    pub fn tools<T: IntoTool>(mut self, tools: impl IntoIterator<Item = T>) -> Self {
        self.tools = with_finish(tools);
        if let Ok(tools) = &self.tools {
            self.react.set_tool_use(tool_use(&self.spec, tools));
        }
        self
    }

    /// As [`tools`](Self::tools), for lists that are made while the program runs.
    ///
    /// # Errors
    ///
    /// Where two tools have the same name, or one is called `finish`, or a name is not made of letters,
    /// digits, `_` and `-`.
    pub fn try_tools<T: IntoTool>(
        self,
        tools: impl IntoIterator<Item = T>,
    ) -> Result<Self, ToolboxError> {
        let agent = self.tools(tools);
        match agent.tools {
            Ok(_) => Ok(agent),
            Err(error) => Err(error),
        }
    }

    /// Sets the largest number of steps. Default 20.
    #[must_use]
    pub const fn max_iters(mut self, steps: u32) -> Self {
        self.max_iters = steps;
        self
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
        let (chosen, more) = ask(&self.react, context, inputs, trajectory).await?;
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

    /// A further call of the same reply. In the trace it is a step of its own, which stands where it
    /// would if the model had been asked again: so it can become a demo.
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

/// Calls a predictor with the steps so far, with fewer of them where they make the prompt too long.
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
    let step = |what, text: String| TraceEvent::Step {
        what,
        name: tool.clone(),
        text,
    };
    context.tell(|| step("tool", arguments.to_string()));
    let finished = same_name(&tool, FINISH);
    let observation = match finished {
        true => None,
        false => {
            let called = tools.call(&tool, arguments.clone()).await;
            let observed = called.unwrap_or_else(|failure| failure.to_string());
            Some(excerpt(&observed, SHOWN))
        }
    };
    if let Some(observation) = &observation {
        context.tell(|| step("observation", observation.clone()));
    }
    trajectory.push(Step {
        thought,
        tool,
        arguments,
        observation,
    });
    finished
}

/// The tools, and `finish` behind them.
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

impl<S: Signature> ReAct<S> {
    /// The messages for this input, exactly as the first call sends them. Nothing is called. With tools
    /// that cannot be, nothing is sent, and there are no messages.
    #[must_use]
    pub fn render(&self, input: &S::Input) -> Vec<Message> {
        self.render_values(input.clone().into_values())
    }
}

impl<S: 'static> ValueModule for ReAct<S> {
    type Output<T: Signature> = Acted<T::Output>;

    const PREDICTORS: &'static [(&'static str, Derived)] =
        &[("react", REACT), ("extract", EXTRACT)];

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        let mut added = [STEPS, REASONING, NEXT].into_iter().flatten();
        if let Some(taken) = added.find(|field| signature.field(&field.name).is_some()) {
            panic!(
                "`ReAct` adds the field `{}`, which `{}` already has; rename it",
                taken.name, signature.name
            );
        }
        let spec = derive(signature, OUTER, 0);
        let mut extracting = derive(signature, EXTRACT, 0);
        extracting.instructions = rules::extracting(signature).into();
        let react = Predictor::new("react", Arc::new(derive(signature, REACT, 0)), lm.clone());
        let agent = Self {
            react,
            extract: Predictor::new("extract", Arc::new(extracting), lm),
            spec: Arc::new(spec),
            tools: Ok(Toolbox::default()),
            max_iters: 20,
            signature: PhantomData,
        };
        agent.tools(Vec::<Arc<dyn Tool>>::new())
    }

    fn spec(&self) -> &SignatureSpec {
        &self.spec
    }

    async fn forward_values(
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

    fn render_values(&self, inputs: Vec<Value>) -> Vec<Message> {
        match self.tools {
            Ok(_) => self
                .react
                .render(&with_trajectory(&inputs, &Trajectory::default())),
            // Nothing is sent.
            Err(_) => Vec::new(),
        }
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<Self::Output<T>, ValueError> {
        Acted::from_values(values)
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.react, &self.extract]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.react, &mut self.extract]
    }
}

faces!(ReAct {
    spec,
    react,
    extract,
    tools,
    max_iters
});
