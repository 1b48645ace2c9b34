//! Modules over a signature, below its types.

use std::future::Future;

use serde_json::Value;

use super::pipeline::{Boxed, Cell, Slot, StepFuture};
use super::{Derived, Predictor, unfit};
use crate::call::{CallError, Context};
use crate::lm::{BoxFuture, Lm, Message};
use crate::signature::{Signature, SignatureSpec, ValueError};

/// In the place of a signature: the module works on plain values, in the order of the fields of a
/// signature that it was given as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untyped;

/// A module over a signature, below its types: it maps the values of the inputs to the values of the
/// outputs, both in the order of the signature's fields.
///
/// Each module is written once, here. [`Module`](super::Module) over the types of a `#[signature]`,
/// the names that `module!` gives, and the dynamic road of [`LLMNode`](super::LLMNode) all stand on
/// it.
pub trait ValueModule: Clone + std::fmt::Debug + Send + Sync + 'static {
    /// What it gives over a signature: its outputs, or its outputs with what the module adds.
    type Output<S: Signature>: Send + Sync + 'static;

    /// Its predictors by name, in the order of [`predictors`](Self::predictors), and how the
    /// signature of each comes from the module's. The only one of a module takes whatever name the
    /// module gets in a program; several keep their names behind it.
    const PREDICTORS: &'static [(&'static str, Derived)];

    /// The module over this signature, on this model.
    fn over(signature: &SignatureSpec, lm: Lm) -> Self;

    /// The values that it is given and gives: the signature's, and the outputs that the module adds.
    fn spec(&self) -> &SignatureSpec;

    /// Runs the module inside a context.
    ///
    /// # Errors
    ///
    /// As [`Module::forward`](super::Module::forward).
    fn forward_values(
        &self,
        context: &Context<'_>,
        inputs: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Value>, CallError>> + Send;

    /// As [`forward_values`](Self::forward_values), in a box. Default: a box around that.
    ///
    /// A module that only calls its predictor hands on the predictor's box, so that nothing is compiled
    /// anew for each signature.
    fn begin_values<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>> {
        Box::pin(self.forward_values(context, inputs))
    }

    /// The messages of the first call for these inputs, exactly as it is sent. Default: those of the first
    /// predictor, which is given the inputs as they are. Where an embedder that chooses demos fails,
    /// nothing is sent, and there are no messages.
    fn render_values(&self, inputs: Vec<Value>) -> Vec<Message> {
        let predictors = self.predictors();
        let first = predictors.first();
        first.map_or_else(Vec::new, |first| first.render(&inputs))
    }

    /// The typed output in the values that it gave.
    ///
    /// # Errors
    ///
    /// Where a value is of another type.
    fn read<S: Signature>(values: Vec<Value>) -> Result<Self::Output<S>, ValueError>;

    /// All predictors, in the order in which the module first calls them.
    fn predictors(&self) -> Vec<&Predictor>;

    /// The same predictors in the same order, to be changed.
    fn predictors_mut(&mut self) -> Vec<&mut Predictor>;
}

/// Runs a module over the types of a signature.
pub(crate) async fn forward_typed<V: ValueModule, S: Signature>(
    module: &V,
    context: &Context<'_>,
    inputs: Vec<Value>,
) -> Result<V::Output<S>, CallError> {
    let values = module.forward_values(context, inputs).await?;
    V::read::<S>(values).map_err(|error| unread(&module.predictors(), &error))
}

/// Begins a step of a pipeline that runs a module over the types of a signature: it fills the slot.
pub(crate) fn begin_typed<'a, V: ValueModule, S: Signature>(
    module: &'a V,
    context: &'a Context<'a>,
    index: u32,
    inputs: Vec<Value>,
    slot: &'a Slot<V::Output<S>>,
) -> StepFuture<'a> {
    let read = |values| V::read::<S>(values).map(|output| Box::new(output) as Boxed);
    begin(module, context, index, inputs, read, slot.cell())
}

/// A module over a signature of which nothing is known but what it does.
trait AnyModule: Sync {
    fn begin<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>>;

    fn unread(&self, error: &ValueError) -> CallError;
}

impl<V: ValueModule> AnyModule for V {
    fn begin<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>> {
        self.begin_values(context, inputs)
    }

    fn unread(&self, error: &ValueError) -> CallError {
        unread(&self.predictors(), error)
    }
}

/// [`begin_typed`] below the types, so that it is compiled once and not with each signature.
fn begin<'a>(
    module: &'a dyn AnyModule,
    context: &'a Context<'a>,
    index: u32,
    inputs: Vec<Value>,
    read: fn(Vec<Value>) -> Result<Boxed, ValueError>,
    cell: &'a Cell,
) -> StepFuture<'a> {
    Box::pin(async move {
        let context = context.child(index);
        let values = module.begin(&context, inputs).await?;
        cell.put(read(values).map_err(|error| module.unread(&error))?);
        Ok(())
    })
}

/// The error of a module whose values are of other types than its output.
fn unread(predictors: &[&Predictor], error: &ValueError) -> CallError {
    match predictors.last() {
        Some(predictor) => unfit(predictor, error),
        None => CallError::Program {
            message: error.to_string(),
        },
    }
}

/// Puts the predictors of a module under a name: the only one takes the name, several stay behind it.
pub(crate) fn set_paths(mut predictors: Vec<&mut Predictor>, path: &str) {
    match &mut predictors[..] {
        [only] => only.set_path(path),
        several => {
            for predictor in several {
                predictor.set_path(&format!("{path}.{}", predictor.path()));
            }
        }
    }
}

/// What every module over a signature has besides its [`ValueModule`]: a face for the types of a
/// signature, one for plain values, `Clone` and `Debug`.
macro_rules! faces {
    ($Module:ident { $($field:ident),* $(,)? }) => {
        impl<S: $crate::signature::Signature> $Module<S> {
            /// The module over the signature `S`, on this model.
            pub fn new(lm: impl Into<$crate::lm::Lm>) -> Self {
                <Self as $crate::module::ValueModule>::over(S::SPEC, lm.into())
            }
        }

        impl $Module<$crate::module::Untyped> {
            /// The module over a signature that is data, on this model. It works on plain values; see
            /// [`LLMNode::over`](crate::module::LLMNode::over) for a node over any state.
            pub fn over(
                signature: &$crate::signature::SignatureSpec,
                lm: impl Into<$crate::lm::Lm>,
            ) -> Self {
                <Self as $crate::module::ValueModule>::over(signature, lm.into())
            }
        }

        impl<S: $crate::signature::Signature> $crate::module::FromLm for $Module<S> {
            fn from_lm(lm: $crate::lm::Lm) -> Self {
                Self::new(lm)
            }
        }

        impl<S: $crate::signature::Signature> $crate::module::Module for $Module<S> {
            type Input = S::Input;
            type Output = <Self as $crate::module::ValueModule>::Output<S>;

            const SHAPE: $crate::module::Shape = $crate::module::Shape::Over {
                signature: S::SPEC,
                predictors: <Self as $crate::module::ValueModule>::PREDICTORS,
            };

            async fn forward(
                &self,
                context: &$crate::call::Context<'_>,
                input: S::Input,
            ) -> Result<Self::Output, $crate::call::CallError> {
                let inputs = $crate::signature::Record::into_values(input);
                $crate::module::value_module::forward_typed::<Self, S>(self, context, inputs).await
            }

            fn __begin<'a>(
                &'a self,
                context: &'a $crate::call::Context<'a>,
                index: u32,
                input: S::Input,
                slot: &'a $crate::module::pipeline::Slot<Self::Output>,
            ) -> $crate::module::pipeline::StepFuture<'a> {
                let inputs = $crate::signature::Record::into_values(input);
                $crate::module::value_module::begin_typed::<Self, S>(
                    self, context, index, inputs, slot,
                )
            }

            $crate::module::value_module::faces!(@predictors);
        }

        impl<S: $crate::signature::Signature> $crate::module::OverSignature for $Module<S> {
            type Signature = S;
        }

        impl $crate::module::Module for $Module<$crate::module::Untyped> {
            type Input = Vec<::serde_json::Value>;
            type Output = Vec<::serde_json::Value>;

            async fn forward(
                &self,
                context: &$crate::call::Context<'_>,
                input: Vec<::serde_json::Value>,
            ) -> Result<Vec<::serde_json::Value>, $crate::call::CallError> {
                $crate::module::ValueModule::forward_values(self, context, input).await
            }

            $crate::module::value_module::faces!(@predictors);
        }

        impl<S> Clone for $Module<S> {
            fn clone(&self) -> Self {
                Self {
                    $($field: self.$field.clone(),)*
                    signature: std::marker::PhantomData,
                }
            }
        }

        impl<S> std::fmt::Debug for $Module<S> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($Module))
                    $(.field(stringify!($field), &self.$field))*
                    .finish()
            }
        }
    };
    (@predictors) => {
        fn predictors(&self) -> Vec<&$crate::module::Predictor> {
            $crate::module::ValueModule::predictors(self)
        }

        fn predictors_mut(&mut self) -> Vec<&mut $crate::module::Predictor> {
            $crate::module::ValueModule::predictors_mut(self)
        }

        fn set_path(&mut self, path: &str) {
            let predictors = $crate::module::ValueModule::predictors_mut(self);
            $crate::module::value_module::set_paths(predictors, path);
        }
    };
}
pub(super) use faces;
