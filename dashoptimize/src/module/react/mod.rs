//! `ReAct`: reasoning and acting with tools.

mod agent;
mod fields;
mod rules;
mod trajectory;

use std::marker::PhantomData;

use serde_json::Value;

use self::agent::Agent;
use self::fields::{EXTRACT, NEXT, REACT, STEPS};
use super::chain_of_thought::REASONING;
use super::numbers::at_least_one;
use super::shape::refuse_taken;
use super::value_module::{core_is, faces};
use super::{Acted, Derived, LLMNode, Untyped, ValueModule};
use crate::lm::Lm;
use crate::signature::{Signature, SignatureSpec, ValueError};
use crate::tool::{IntoTool, ToolboxError};

/// An agent: in each step the model thinks, chooses a tool and is shown the result, until it calls `finish`
/// or has made `max_iters` steps. Then the outputs of `S` are made from the steps.
///
/// Predictors are `react`, which chooses, and `extract`, which answers with reasoning. If the model has
/// [native tools](crate::lm::ModelInfo::native_tools), `react` uses them: the request carries the tools,
/// several calls in one reply are run in their order, and a reply without a call means `finish`. All other
/// models are told about the tools in the prompt. Trace, demos and artifacts are the same in both cases. The
/// description of the tools is not part of the instructions, so no optimizer can rewrite it.
///
/// Whatever goes wrong with a tool, the model observes it: a name that it invented, arguments that do not fit
/// (then the tool is not called), an error with its causes, a panic. Of each observation the first 10,000
/// characters are kept, with the number of those left out. A [listener](crate::call::Listener) hears of each tool that [starts](crate::call::TraceEvent::ToolStarted) and
/// [ends](crate::call::TraceEvent::ToolEnded).
///
/// A prompt that is [too long](crate::lm::LmErrorKind::ContextTooLong) is tried again without the oldest
/// step, up to 3 times; then the call fails with
/// [`CallError::ContextOverflow`](crate::call::CallError::ContextOverflow). An answer is made from the steps
/// even if the model did not finish: what it found out is paid for, and may be enough. If no answer can be
/// made either, the call fails with [`CallError::NoAnswer`](crate::call::CallError::NoAnswer), which keeps
/// the steps.
///
/// Use it for research, for retrieving data, and for problems that take several steps, where what a tool
/// returns decides the next step.
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
    core: Agent,
    signature: PhantomData<fn(S)>,
}

impl ReAct {
    /// An agent over a signature that is made at run time and a state that is any serde struct; see
    /// [`LLMNode`]. The name is put in front of the paths of its predictors.
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
    /// Sets the tools. Default: none. With an invalid list (two tools with the same name, or one called
    /// `finish`) every call fails before a model is asked; [`try_tools`](Self::try_tools) reports it
    /// immediately.
    #[must_use]
    pub fn tools<T: IntoTool>(mut self, tools: impl IntoIterator<Item = T>) -> Self {
        self.core.set_tools(tools);
        self
    }

    /// As [`tools`](Self::tools), on a program that is there already, such as a node of a pipeline.
    pub fn set_tools<T: IntoTool>(&mut self, tools: impl IntoIterator<Item = T>) {
        self.core.set_tools(tools);
    }

    /// As [`tools`](Self::tools), for lists that are made while the program runs.
    ///
    /// # Errors
    ///
    /// If two tools have the same name, or one is called `finish`, or a name is not made of letters,
    /// digits, `_` and `-`.
    pub fn try_tools<T: IntoTool>(
        self,
        tools: impl IntoIterator<Item = T>,
    ) -> Result<Self, ToolboxError> {
        let agent = self.tools(tools);
        match agent.core.tools {
            Ok(_) => Ok(agent),
            Err(error) => Err(error),
        }
    }

    /// Sets the largest number of steps. Default 20.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[must_use]
    #[track_caller]
    pub fn max_iters(mut self, steps: u32) -> Self {
        self.core.max_iters = at_least_one("max_iters", steps);
        self
    }
}

impl<S: 'static> ValueModule for ReAct<S> {
    core_is!(Agent);

    type Output<T: Signature> = Acted<T::Output>;

    const PREDICTORS: &'static [(&'static str, Derived)] =
        &[("react", REACT), ("extract", EXTRACT)];

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        refuse_taken("ReAct", signature, &[STEPS, REASONING, NEXT]);
        Self::of(Agent::over(signature, lm))
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<Self::Output<T>, ValueError> {
        Acted::from_values(values)
    }
}

faces!(ReAct, Agent);
