//! `LLMNode`: the dynamic road, over any serde state.

use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::predictor::Predictor;
use super::{CallError, Context, Module};
use crate::adapter::{ParseError, ParseProblem};
use crate::lm::{Lm, Message};
use crate::signature::SignatureSpec;

/// One call of a model over a state that is a plain serde struct: the signature's inputs are read
/// from it, the outputs written into it.
///
/// The state doubles as the labelled row. Only the signature's inputs reach the model, and the
/// outputs in the state that goes in are dropped before anything else happens, so that a prediction
/// never starts from a gold value.
///
/// Use `#[signature]` and [`Predict`](super::Predict) where the fields are known when you write the
/// program: then the compiler checks what this type checks at run time.
pub struct LLMNode<S> {
    predictor: Predictor,
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
    pub fn new(signature: SignatureSpec, lm: impl Into<Lm>, name: &str) -> Self {
        Self {
            predictor: Predictor::new(name, Arc::new(signature), lm.into()),
            state: PhantomData,
        }
    }
}

impl<S: Serialize> LLMNode<S> {
    /// The messages for this state, exactly as a call sends them. Nothing is called.
    ///
    /// # Errors
    ///
    /// Where the state lacks an input of the signature.
    pub fn render(&self, state: &S) -> Result<Vec<Message>, CallError> {
        let fields = self.fields(state)?;
        Ok(self.predictor.render(&self.inputs(&fields)?))
    }

    /// The state as named values, without the signature's outputs.
    fn fields(&self, state: &S) -> Result<Map<String, Value>, CallError> {
        match serde_json::to_value(state) {
            Ok(Value::Object(mut fields)) => {
                for output in self.predictor.spec().outputs() {
                    fields.remove(&*output.name);
                }
                Ok(fields)
            }
            Ok(_) => Err(self.unusable("is not a struct with named fields")),
            Err(error) => Err(self.unusable(&format!("cannot be serialized: {error}"))),
        }
    }

    fn inputs(&self, fields: &Map<String, Value>) -> Result<Vec<Value>, CallError> {
        let inputs = self.predictor.spec().inputs();
        inputs
            .map(|input| match fields.get(&*input.name) {
                Some(value) => Ok(value.clone()),
                None => Err(self.unusable(&format!("has no field `{}`", input.name))),
            })
            .collect()
    }

    fn unusable(&self, problem: &str) -> CallError {
        CallError::Program {
            message: format!("node `{}`: the state {problem}", self.predictor.path()),
        }
    }
}

impl<S> Module for LLMNode<S>
where
    S: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    type Input = S;
    type Output = S;

    async fn forward(&self, context: &Context<'_>, state: S) -> Result<S, CallError> {
        let mut fields = self.fields(&state)?;
        let inputs = self.inputs(&fields)?;
        let outputs = self.predictor.call(context, inputs).await?;
        for (field, value) in self.predictor.spec().outputs().zip(outputs) {
            fields.insert(field.name.to_string(), value);
        }
        serde_json::from_value(Value::Object(fields)).map_err(|error| {
            self.predictor.unreadable(ParseError {
                problems: vec![ParseProblem {
                    field: "state".to_owned(),
                    problem: format!("cannot take the outputs: {error}"),
                }],
                reply: String::new(),
            })
        })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.predictor]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.predictor]
    }
}

impl<S> Clone for LLMNode<S> {
    fn clone(&self) -> Self {
        Self {
            predictor: self.predictor.clone(),
            state: PhantomData,
        }
    }
}

impl<S> std::fmt::Debug for LLMNode<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LLMNode").field(&self.predictor).finish()
    }
}
