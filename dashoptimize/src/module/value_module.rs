//! Modules over a signature: a core, and the types around it.

use serde_json::Value;

use super::pipeline::Boxed;
use super::{Derived, ModuleCore};
use crate::lm::Lm;
use crate::signature::{Signature, SignatureSpec, ValueError};

/// Takes the place of a signature: the module works on plain values, in the order of the fields of a
/// signature that it was given as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untyped;

/// A module over a signature: a [core](ModuleCore) that works on values, and what its output is for each
/// signature.
///
/// Each module is written once, as a core. [`Module`](super::Module) over the types of a `#[signature]`,
/// the names that `module!` gives and the dynamic [`LLMNode`](super::LLMNode) all use it.
pub trait ValueModule: Clone + std::fmt::Debug + Send + Sync + 'static {
    /// What the module does, below the types.
    type Core: ModuleCore + Clone;

    /// The output over a signature: the outputs of the signature, alone or with what the module adds.
    type Output<S: Signature>: Send + Sync + 'static;

    /// The predictors by name, in the order of [`ModuleCore::predictors`], and how the signature of each
    /// is derived from the module's. A single predictor takes the name that the module is given in a
    /// program; several keep their own names after it.
    const PREDICTORS: &'static [(&'static str, Derived)];

    /// The module over this signature, on this model.
    fn over(signature: &SignatureSpec, lm: Lm) -> Self;

    /// The module below its types.
    fn core(&self) -> &Self::Core;

    /// The module below its types, to be changed.
    fn core_mut(&mut self) -> &mut Self::Core;

    /// Reads the values that the core gave as a typed output.
    ///
    /// # Errors
    ///
    /// If a value has another type.
    fn read<S: Signature>(values: Vec<Value>) -> Result<Self::Output<S>, ValueError>;
}

/// The items of a [`ValueModule`] that are the same for all: the module keeps its core in a field `core`.
macro_rules! core_is {
    ($Core:ty) => {
        type Core = $Core;

        fn core(&self) -> &$Core {
            &self.core
        }

        fn core_mut(&mut self) -> &mut $Core {
            &mut self.core
        }
    };
}
pub(super) use core_is;

/// Everything that a module over a signature has besides its [`ValueModule`]: the module over the types
/// of a signature, the module over plain values, `Clone` and `Debug`. Its fields are `core` and
/// `signature`.
macro_rules! faces {
    ($Module:ident, $Core:ty) => {
        impl<S: $crate::signature::Signature> $Module<S> {
            /// The module over the signature `S`, on this model.
            pub fn new(lm: impl Into<$crate::lm::Lm>) -> Self {
                <Self as $crate::module::ValueModule>::over(S::SPEC, lm.into())
            }

            /// The messages for this input, exactly as the first call sends them. Nothing is called;
            /// if the call would fail before it sends anything, there are no messages.
            #[must_use]
            pub fn render(&self, input: &S::Input) -> Vec<$crate::lm::Message> {
                let inputs = $crate::signature::Record::into_values(input.clone());
                $crate::module::ModuleCore::render_values(&self.core, inputs)
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

        impl<S> $Module<S> {
            const fn of(core: $Core) -> Self {
                Self {
                    core,
                    signature: std::marker::PhantomData,
                }
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
                let read = <Self as $crate::module::ValueModule>::read::<S>;
                $crate::module::forward_typed(&self.core, context, inputs, read).await
            }

            fn __start<'a>(
                &'a self,
                context: &'a $crate::call::Context<'a>,
                index: u32,
                input: S::Input,
                slot: &'a $crate::module::pipeline::Slot<Self::Output>,
            ) -> $crate::module::pipeline::StepFuture<'a> {
                let inputs = $crate::signature::Record::into_values(input);
                let read = $crate::module::read_boxed::<Self, S>;
                $crate::module::start_typed(&self.core, context, index, inputs, read, slot.cell())
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
                $crate::module::ModuleCore::call_values(&self.core, context, input).await
            }

            fn __set_path(&mut self, path: &str) {
                $crate::module::set_path_of(self, path);
            }

            $crate::module::value_module::faces!(@predictors);
        }

        impl<S> Clone for $Module<S> {
            fn clone(&self) -> Self {
                Self::of(self.core.clone())
            }
        }

        impl<S> std::fmt::Debug for $Module<S> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($Module)).field(&self.core).finish()
            }
        }
    };
    (@predictors) => {
        fn calls_per_run(&self) -> $crate::call::CallsPerRun {
            $crate::module::ModuleCore::calls_per_run(&self.core)
        }

        fn predictors(&self) -> Vec<&$crate::module::Predictor> {
            $crate::module::ModuleCore::predictors(&self.core)
        }

        fn predictors_mut(&mut self) -> Vec<&mut $crate::module::Predictor> {
            $crate::module::ModuleCore::predictors_mut(&mut self.core)
        }
    };
}
pub(super) use faces;

/// Reads values as a typed output, for a slot.
pub(crate) fn read_boxed<V: ValueModule, S: Signature>(
    values: Vec<Value>,
) -> Result<Boxed, ValueError> {
    V::read::<S>(values).map(|output| Box::new(output) as Boxed)
}

/// Puts a module whose signature is data under a name in a larger program.
pub(crate) fn set_path_of<V: ValueModule>(module: &mut V, path: &str) {
    for predictor in module.core_mut().predictors_mut() {
        predictor.put_under(path, V::PREDICTORS.len() == 1);
    }
}
