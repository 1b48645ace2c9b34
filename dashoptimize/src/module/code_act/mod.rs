//! `CodeAct`: steps of code that use tools.

mod agent;
mod fields;
mod python;
mod tools;

use std::marker::PhantomData;

use serde_json::Value;

use self::agent::CodeAgent;
use self::fields::{ACT, EXTRACT, FINISHED, TRAJECTORY};
use super::chain_of_thought::REASONING;
use super::numbers::at_least_one;
use super::sandbox::{CODE, sandbox_setters};
use super::shape::refuse_taken;
use super::value_module::{core_is, faces};
use super::{Acted, Derived, Untyped, ValueModule};
use crate::lm::Lm;
use crate::signature::{Signature, SignatureSpec, ValueError};
use crate::tool::{IntoTool, Toolbox, ToolboxError};

/// Lets the model solve a task in steps of Python code, which run in the [sandbox](crate::interpreter), can
/// call tools, and share their variables. When the model says that it is finished, or after `max_iters`
/// steps, it gives the outputs of `S` from the results of the steps.
///
/// Predictors are `act` and, with reasoning, `extract`. The inputs are variables of the code. Code that
/// fails is a step like any other: the model sees its error. If the steps do not fit into the context of the
/// model any more, the first ones are not shown.
///
/// A tool is a function in the code, under its own name (`-` becomes `_`), which takes its arguments by
/// order or by name. Its result is a list, `dict`, number or `bool` if its text is one in JSON, and the text
/// otherwise. A tool that fails raises an exception. The code can also finish with `SUBMIT(…)`.
///
/// The program must be ready to be its own worker; see [`serve`](crate::interpreter::serve).
///
/// ```
/// use dashoptimize::prelude::*;
///
/// /// Find out what is asked.
/// #[signature]
/// struct Ask {
///     #[input]
///     question: String,
///     #[output]
///     answer: String,
/// }
///
/// /// How many people live in a city.
/// #[tool]
/// fn population(city: &str) -> u32 {
///     city.len() as u32 * 10_000
/// }
///
/// module!(
///     #[with(tools = tools![population], max_iters = 8)]
///     type FindOut = CodeAct<Ask>;
/// );
/// ```
///
/// Source: Wang et al. 2024, arXiv 2402.01030; the form is DSPy's, which copies tools into the sandbox as
/// source code, so that they cannot reach anything outside.
///
/// # Panics
///
/// `new` panics if `S` already has a field `reasoning`, `generated_code`, `finished` or `trajectory`;
/// `module!` and `pipeline!` report it at compile time.
pub struct CodeAct<S = Untyped> {
    core: CodeAgent,
    signature: PhantomData<fn(S)>,
}

impl<S> CodeAct<S> {
    /// Sets the tools. Default: none, so that the code can only compute. If the list is invalid (two tools
    /// have the same name in Python, a name is not a name in Python, or it means something else in the
    /// code: a builtin such as `list`, an input, or `SUBMIT`), every call fails with
    /// [`CallError::Tools`](crate::call::CallError::Tools) before a model is called;
    /// [`try_tools`](Self::try_tools) reports it immediately.
    #[must_use]
    pub fn tools<T: IntoTool>(mut self, tools: impl IntoIterator<Item = T>) -> Self {
        self.core.set_tools(Toolbox::new(tools));
        self
    }

    /// As [`tools`](Self::tools), on a program that is there already, such as a node of a pipeline.
    pub fn set_tools<T: IntoTool>(&mut self, tools: impl IntoIterator<Item = T>) {
        self.core.set_tools(Toolbox::new(tools));
    }

    /// As [`tools`](Self::tools), for lists that are made at run time.
    ///
    /// # Errors
    ///
    /// Returns an error if two tools have the same name in Python, or if a name is not valid or means
    /// something else in the code.
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

    /// Sets the largest number of steps. Default 5.
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

sandbox_setters!(CodeAct);

impl<S: 'static> ValueModule for CodeAct<S> {
    core_is!(CodeAgent);

    type Output<T: Signature> = Acted<T::Output>;

    const PREDICTORS: &'static [(&'static str, Derived)] = &[("act", ACT), ("extract", EXTRACT)];

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        refuse_taken(
            "CodeAct",
            signature,
            &[CODE, FINISHED, TRAJECTORY, REASONING],
        );
        Self::of(CodeAgent::over(signature, lm))
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<Acted<T::Output>, ValueError> {
        Acted::from_values(values)
    }
}

faces!(CodeAct, CodeAgent);
