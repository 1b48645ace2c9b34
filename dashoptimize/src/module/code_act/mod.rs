//! `CodeAct`: steps of code that use tools.

mod python;
mod tools;

use std::fmt::Write;
use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::Value;

use super::chain_of_thought::REASONING;
use super::predictor::Predictor;
use super::sandbox::{CODE, Cell, Notebook, Sandbox, instructed, names, refuse_taken, shown};
use super::shape::{added, derive};
use super::value_module::faces;
use super::{Acted, Derived, Piece, Untyped, ValueModule};
use crate::call::{CallError, Context};
use crate::interpreter::{Ending, Interpreter, Limits};
use crate::lm::{Lm, LmErrorKind, Message};
use crate::signature::{Field, Record, Role, Signature, SignatureSpec, Ty, ValueError};
use crate::tool::{IntoTool, Toolbox, ToolboxError};
use tools::Tools;

/// The steps so far, as both predictors are given them.
const TRAJECTORY: &[Field] = &[added(
    "trajectory",
    Role::Input,
    Ty::Str,
    "the steps so far: code, and what came of it",
    "Trajectory:",
)];

/// Whether the model has what it needs.
const FINISHED: &[Field] = &[added(
    "finished",
    Role::Output,
    Ty::Bool,
    "whether nothing more is needed once this code has run",
    "Finished:",
)];

/// The steps, among the outputs of the module.
const STEPS: &[Field] = &[added(
    "trajectory",
    Role::Output,
    Ty::Str,
    "the steps: code, and what came of it",
    "Trajectory:",
)];

/// Lets the model solve a task in steps of Python code, which run in the [sandbox](crate::interpreter), can
/// call tools, and share their variables. When it says that it is finished, or after `max_iters` steps,
/// it gives the outputs of `S` from what the steps came to.
///
/// Predictors are `act` and, with reasoning, `extract`. The inputs are variables of the code. Code that
/// fails is a step like any other: the model sees its error. Where the steps do not fit into the model's
/// context any more, it is not shown the first ones.
///
/// A tool is a function of the code, under its own name (`-` is written `_`), with its arguments by order
/// or name. Its result is a list, `dict`, number or `bool` where its text is one in JSON, else the text. A
/// tool that fails raises an exception. With `SUBMIT(…)` the code can finish as well.
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
/// Source: Wang et al. 2024, arXiv 2402.01030; the form is DSPy's, whose tools are copied into the
/// sandbox as source code, and so cannot reach anything.
///
/// # Panics
///
/// `new` panics where `S` already has a field `reasoning`, `generated_code`, `finished` or
/// `trajectory`; `module!` and `pipeline!` say so at compile time.
pub struct CodeAct<S = Untyped> {
    spec: Arc<SignatureSpec>,
    act: Predictor,
    extract: Predictor,
    tools: Result<Tools, ToolboxError>,
    max_iters: u32,
    sandbox: Sandbox,
    signature: PhantomData<fn(S)>,
}

impl<S> CodeAct<S> {
    /// Sets the tools. Default: none, so that the code can only compute. If the list is invalid (two tools
    /// have the same name in Python, a name is not a name in Python, or it means something else in the
    /// code: a builtin such as `list`, an input, or `SUBMIT`), every call fails with
    /// [`CallError::Tools`] before a model is called; [`try_tools`](Self::try_tools) reports it
    /// immediately.
    #[must_use]
    pub fn tools<T: IntoTool>(mut self, tools: impl IntoIterator<Item = T>) -> Self {
        let inputs: Vec<&str> = self.spec.inputs().map(|field| &*field.name).collect();
        self.tools = Toolbox::new(tools).and_then(|tools| Tools::new(tools, &inputs));
        if let Ok(tools) = &self.tools {
            self.act.set_spec(acting(&self.spec, tools));
        }
        self
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
        let program = self.tools(tools);
        match program.tools {
            Ok(_) => Ok(program),
            Err(error) => Err(error),
        }
    }

    /// Sets the largest number of steps; at least 1. Default 5.
    #[must_use]
    pub fn max_iters(mut self, steps: u32) -> Self {
        self.max_iters = steps.max(1);
        self
    }

    /// Sets the interpreter. Default: [`Interpreter::new`], made in each call.
    #[must_use]
    pub fn interpreter(mut self, interpreter: Interpreter) -> Self {
        self.sandbox.interpreter = Some(interpreter);
        self
    }

    /// Sets the limits of each step. Default: those of the interpreter.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.sandbox.limits = Some(limits);
        self
    }

    /// Takes steps until the model is finished.
    async fn steps(
        &self,
        context: &Context<'_>,
        inputs: &[Value],
        steps: &mut Trajectory,
    ) -> Result<(), CallError> {
        let tools = self.tools.as_ref().map_err(|source| CallError::Tools {
            source: source.clone(),
        })?;
        let mut notebook = self.sandbox.open(context, &self.act, inputs)?;
        for _ in 0..self.max_iters {
            if self
                .step(context, tools, &mut notebook, inputs, steps)
                .await?
            {
                break;
            }
        }
        Ok(())
    }

    /// Takes a step, and says whether it was the last.
    async fn step(
        &self,
        context: &Context<'_>,
        tools: &Tools,
        notebook: &mut Notebook<'_>,
        inputs: &[Value],
        steps: &mut Trajectory,
    ) -> Result<bool, CallError> {
        let outputs = ask(&self.act, context, inputs, steps).await?;
        let [code, finished] = &outputs[..] else {
            unreachable!("a predictor gives a value for each output")
        };
        let cell = notebook.run(code, tools).await?;
        let submitted = matches!(cell.outcome.ending, Ending::Submitted(_));
        steps.cells.push(cell);
        Ok(submitted || *finished == Value::Bool(true))
    }
}

/// Steps, and how many of them are too old to be shown.
#[derive(Default)]
struct Trajectory {
    cells: Vec<Cell>,
    hidden: usize,
}

impl Trajectory {
    fn words(&self, from: usize) -> String {
        let mut words = String::new();
        for (index, cell) in self.cells.iter().enumerate().skip(from) {
            let number = index + 1;
            let output = match shown(&cell.outcome) {
                output if output.is_empty() => "(nothing)".to_owned(),
                output => output,
            };
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                words,
                "Step {number}, code:\n{}\nStep {number}, output:\n{output}\n",
                cell.code
            );
        }
        match words.trim_end() {
            "" => "(no steps yet)".to_owned(),
            words => words.to_owned(),
        }
    }
}

/// Calls a predictor with the steps so far; with fewer of them, where they do not fit into the context.
async fn ask(
    predictor: &Predictor,
    context: &Context<'_>,
    inputs: &[Value],
    steps: &mut Trajectory,
) -> Result<Vec<Value>, CallError> {
    loop {
        let shown = Value::from(steps.words(steps.hidden));
        let values = inputs.iter().cloned().chain([shown]).collect();
        match predictor.call(context, values).await {
            Err(CallError::Lm { source, .. })
                if source.kind() == LmErrorKind::ContextTooLong
                    && steps.hidden + 1 < steps.cells.len() =>
            {
                steps.hidden += 1;
            }
            outcome => return outcome,
        }
    }
}

impl<S: Signature> CodeAct<S> {
    /// The messages for this input, exactly as the first call sends them. Nothing is called. If the
    /// tools are invalid, no call is sent, and there are no messages.
    #[must_use]
    pub fn render(&self, input: &S::Input) -> Vec<Message> {
        if self.tools.is_err() {
            return Vec::new();
        }
        let mut inputs = input.clone().into_values();
        inputs.push(Trajectory::default().words(0).into());
        self.act.render(&inputs)
    }
}

impl<S: 'static> ValueModule for CodeAct<S> {
    type Output<T: Signature> = Acted<T::Output>;

    const PREDICTORS: &'static [(&'static str, Derived)] = &[("act", ACT), ("extract", EXTRACT)];

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        let added = [CODE, FINISHED, TRAJECTORY, REASONING]
            .into_iter()
            .flatten();
        let added: Vec<&str> = added.map(|field| &*field.name).collect();
        refuse_taken("CodeAct", signature, &added);
        let tools = Tools::default();
        let spec = derive(signature, OUTER, 0);
        let extracting = instructed(derive(signature, EXTRACT, 0), &how_to_extract(signature));
        Self {
            act: Predictor::new("act", acting(&spec, &tools), lm.clone()),
            extract: Predictor::new("extract", extracting, lm),
            spec: Arc::new(spec),
            tools: Ok(tools),
            max_iters: 5,
            sandbox: Sandbox::default(),
            signature: PhantomData,
        }
    }

    fn spec(&self) -> &SignatureSpec {
        &self.spec
    }

    async fn forward_values(
        &self,
        context: &Context<'_>,
        inputs: Vec<Value>,
    ) -> Result<Vec<Value>, CallError> {
        let mut steps = Trajectory::default();
        self.steps(context, &inputs, &mut steps).await?;
        let mut outputs = ask(&self.extract, context, &inputs, &mut steps).await?;
        outputs.insert(0, steps.words(0).into());
        Ok(outputs)
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<Acted<T::Output>, ValueError> {
        Acted::from_values(values)
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.act, &self.extract]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.act, &mut self.extract]
    }
}

faces!(CodeAct {
    spec,
    act,
    extract,
    tools,
    max_iters,
    sandbox
});

const ACT: Derived = &[
    Piece::Inputs,
    Piece::Added(TRAJECTORY),
    Piece::Added(CODE),
    Piece::Added(FINISHED),
];

const EXTRACT: Derived = &[
    Piece::Inputs,
    Piece::Added(TRAJECTORY),
    Piece::Added(REASONING),
    Piece::Outputs,
];

const OUTER: Derived = &[
    Piece::Inputs,
    Piece::Added(STEPS),
    Piece::Added(REASONING),
    Piece::Outputs,
];

/// The signature of `act`, whose instructions name the tools.
fn acting(outer: &SignatureSpec, tools: &Tools) -> Arc<SignatureSpec> {
    let added = STEPS.len() + REASONING.len();
    let outputs = names(outer.outputs().skip(added));
    let inputs = names(outer.inputs());
    let instructions = format!(
        "You solve this in steps. In each step you write Python code that finds out or computes something \
         that is needed for {outputs}; then you are shown what it printed and the value of its last line. \
         Variables with the values of {inputs} are there, and what you define stays for the next steps. Say \
         that you are finished with the code after which nothing more is needed.{}",
        tools.in_words()
    );
    instructed(derive(outer, ACT, 0), &instructions)
}

fn how_to_extract(signature: &SignatureSpec) -> String {
    let outputs = names(signature.outputs());
    format!("`trajectory` shows what was done for it so far. Give {outputs} from what it shows.")
}
