//! What `CodeAct` does, below the types of a signature.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::Value;

use super::fields::{ACT, EXTRACT, OUTER, STEPS};
use super::tools::Tools;
use crate::call::{Bounds, CallError, CallsPerRun, Context};
use crate::interpreter::Ending;
use crate::lm::{BoxFuture, Lm, LmErrorKind, Message};
use crate::module::chain_of_thought::REASONING;
use crate::module::sandbox::{CodeCell, Notebook, Sandbox, instructed, shown};
use crate::module::shape::{derive, names};
use crate::module::{ModuleCore, Predictor};
use crate::signature::SignatureSpec;
use crate::tool::{Toolbox, ToolboxError};

/// An agent that acts by code, below the types of a signature.
#[derive(Clone, Debug)]
pub struct CodeAgent {
    spec: Arc<SignatureSpec>,
    act: Predictor,
    extract: Predictor,
    pub(super) tools: Result<Tools, ToolboxError>,
    pub(super) max_iters: u32,
    pub(super) sandbox: Sandbox,
}

impl CodeAgent {
    /// An agent without tools.
    pub(super) fn over(signature: &SignatureSpec, lm: Lm) -> Self {
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
        }
    }

    pub(super) fn set_tools(&mut self, tools: Result<Toolbox, ToolboxError>) {
        let inputs: Vec<&str> = self.spec.inputs().map(|field| &*field.name).collect();
        let tools = tools.and_then(|tools| Tools::new(tools, &inputs));
        if let Ok(tools) = &tools {
            self.act.set_spec(acting(&self.spec, tools));
        }
        self.tools = tools;
    }

    async fn answer(
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

impl ModuleCore for CodeAgent {
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

    fn render_values(&self, mut inputs: Vec<Value>) -> Vec<Message> {
        if self.tools.is_err() {
            // Nothing is sent.
            return Vec::new();
        }
        inputs.push(Trajectory::default().words(0).into());
        self.act.render(&inputs)
    }

    fn calls_per_run(&self) -> CallsPerRun {
        // So many steps at most, and then the answer.
        CallsPerRun::task(Bounds::new(1, u64::from(self.max_iters) + 1))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.act, &self.extract]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.act, &mut self.extract]
    }
}

/// Steps, and how many of them are too old to be shown.
#[derive(Default)]
struct Trajectory {
    cells: Vec<CodeCell>,
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

/// Calls a predictor with the steps so far, or with fewer of them if they do not fit into the context.
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
