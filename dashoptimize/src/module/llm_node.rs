//! `LLMNode`: a module over any serde state.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Module, ModuleCore, Predict, Predictor, ValueModule, set_path_of};
use crate::call::{CallError, CallsPerRun, Context};
use crate::lm::{Lm, Message};
use crate::signature::{SignatureSpec, ValueError};

/// A module over a state that is a plain serde struct: it reads the inputs of the signature from the state
/// and writes the outputs into it.
///
/// The state is also the labelled row. Only the inputs of the signature reach the model, and the outputs in
/// the state that it is given are dropped before anything else happens, so that a prediction never starts
/// from a gold value.
///
/// By default the module is one call of a model, [`Predict`]; a node can hold any other module over a
/// signature, see [`over`](Self::over). If the fields are known when you write the program, use
/// `#[signature]` and typed modules: then the compiler checks what this type checks at run time.
pub struct LLMNode<S, V = Predict> {
    module: V,
    name: String,
    state: PhantomData<fn(S) -> S>,
}

impl<S> LLMNode<S> {
    /// A node of this signature on this model. The name is the path of its predictor.
    ///
    /// ```
    /// use dashoptimize::lm::Scripted;
    /// use dashoptimize::module::LLMNode;
    /// use dashoptimize::signature::make_signature;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Clone, Serialize, Deserialize)]
    /// struct QaState {
    ///     question: String,
    ///     answer: String,
    /// }
    ///
    /// let signature = make_signature("question -> answer", "Answer concisely.")?;
    /// let lm = Scripted::replies(["[[ ## answer ## ]]\n4"]);
    /// let node = LLMNode::<QaState>::new(signature, lm, "qa_node");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the result of `make_signature` is passed on directly"
    )]
    pub fn new(signature: SignatureSpec, lm: impl Into<Lm>, name: &str) -> Self {
        Self::over(Predict::over(&signature, lm), name)
    }
}

impl<S: Serialize> LLMNode<S> {
    /// The messages for this state, exactly as a call sends them. Nothing is called.
    ///
    /// # Errors
    ///
    /// If the state lacks an input of the signature, or an embedder that chooses demos fails.
    pub fn render(&self, state: &S) -> Result<Vec<Message>, CallError> {
        let fields = self.fields(state)?;
        let inputs = self.inputs(&fields)?;
        let mut messages = Vec::new();
        for predictor in self.module.core().predictors() {
            messages.extend(predictor.messages(&inputs)?);
        }
        Ok(messages)
    }
}

impl<S, V: ValueModule> LLMNode<S, V> {
    /// A node of this module. The name is the path of its predictor, or is put in front of the paths of
    /// several.
    ///
    /// ```
    /// use dashoptimize::lm::Scripted;
    /// use dashoptimize::module::{ChainOfThought, LLMNode, Module};
    /// use dashoptimize::signature::make_signature;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Clone, Serialize, Deserialize)]
    /// struct QaState {
    ///     question: String,
    ///     answer: String,
    /// }
    ///
    /// let signature = make_signature("question -> answer", "Answer concisely.")?;
    /// let lm = Scripted::replies(["[[ ## reasoning ## ]]\n2 + 2\n[[ ## answer ## ]]\n4"]);
    /// let thinking = ChainOfThought::over(&signature, lm);
    /// let node = LLMNode::<QaState, _>::over(thinking, "qa_node");
    /// assert_eq!(node.predictors()[0].path(), "qa_node");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn over(mut module: V, name: &str) -> Self {
        set_path_of(&mut module, name);
        Self {
            module,
            name: name.to_owned(),
            state: PhantomData,
        }
    }
}

impl<S, V: ValueModule> LLMNode<S, V> {
    /// The module below the state.
    pub(super) fn core(&self) -> &V::Core {
        self.module.core()
    }
}

impl<S: Serialize, V: ValueModule> LLMNode<S, V> {
    /// The state as named values, without the signature's outputs.
    fn fields(&self, state: &S) -> Result<Map<String, Value>, CallError> {
        match serde_json::to_value(state) {
            Ok(Value::Object(mut fields)) => {
                for output in self.module.core().spec().outputs() {
                    fields.remove(&*output.name);
                }
                Ok(fields)
            }
            Ok(_) => Err(self.unusable("is not a struct with named fields")),
            Err(error) => Err(self.unusable(&format!("cannot be serialized: {error}"))),
        }
    }

    fn inputs(&self, fields: &Map<String, Value>) -> Result<Vec<Value>, CallError> {
        let inputs = self.module.core().spec().inputs();
        inputs
            .map(|input| match fields.get(&*input.name) {
                Some(value) => Ok(value.clone()),
                None => Err(self.unusable(&format!("has no field `{}`", input.name))),
            })
            .collect()
    }

    fn unusable(&self, problem: &str) -> CallError {
        CallError::program(format!("node `{}`: the state {problem}", self.name))
    }
}

impl<S, V> Module for LLMNode<S, V>
where
    S: Serialize + DeserializeOwned + Send + Sync + 'static,
    V: ValueModule,
{
    type Input = S;
    type Output = S;

    async fn forward(&self, context: &Context<'_>, state: S) -> Result<S, CallError> {
        let mut fields = self.fields(&state)?;
        let inputs = self.inputs(&fields)?;
        let outputs = self.module.core().call_values(context, inputs).await?;
        for (field, value) in self.module.core().spec().outputs().zip(outputs) {
            fields.insert(field.name.to_string(), value);
        }
        serde_json::from_value(Value::Object(fields)).map_err(|error| {
            let problem = ValueError::new(format!("cannot take the outputs: {error}"));
            match self.module.core().predictors().last() {
                Some(predictor) => predictor.unfit(&problem.in_field("state")),
                None => self.unusable(problem.problem()),
            }
        })
    }

    fn calls_per_run(&self) -> CallsPerRun {
        self.module.core().calls_per_run()
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.module.core().predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.module.core_mut().predictors_mut()
    }

    fn __set_path(&mut self, path: &str) {
        set_path_of(&mut self.module, path);
    }
}

impl<S, V: ValueModule> Clone for LLMNode<S, V> {
    fn clone(&self) -> Self {
        Self {
            module: self.module.clone(),
            name: self.name.clone(),
            state: PhantomData,
        }
    }
}

impl<S, V: ValueModule> std::fmt::Debug for LLMNode<S, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LLMNode").field(&self.module).finish()
    }
}
