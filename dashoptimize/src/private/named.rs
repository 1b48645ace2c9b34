//! The result of `module!`: a name for a module of the runtime over a signature.
//!
//! The data of a named module does not depend on its signature. A type that is not a signature
//! therefore causes one error, where it is written, and not one for each part of the expansion.

use crate::call::{CallError, CallsPerRun, Context};
use crate::lm::{Lm, Message};
use crate::module::{
    FromLm, Module, ModuleCore, OverSignature, Predictor, Shape, ValueModule, forward_typed,
    read_boxed, start_typed,
};
use crate::signature::{Record, Signature};

use super::rule::lacks_field;
use crate::module::pipeline::{Slot, StepFuture};

/// A name for a module over a signature. Module and signature are separate types, so that a type that
/// is not a signature is reported under its own name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a module",
    label = "this type cannot be called with an input",
    note = "name a module with `module!`, wire one with `pipeline!`, or implement `dashoptimize::module::Module`"
)]
pub trait NamedModule: Clone + Send + Sync + 'static {
    /// The module.
    type Inner: ValueModule;
    /// The signature.
    type Signature: Signature;

    /// Gives the module its name and applies the options.
    fn make(inner: Self::Inner) -> Self;

    /// The module behind the name.
    fn inner(&self) -> &Self::Inner;

    /// The module behind the name, for changes.
    fn inner_mut(&mut self) -> &mut Self::Inner;
}

#[diagnostic::do_not_recommend]
impl<N: NamedModule> Module for N {
    type Input = <N::Signature as Signature>::Input;
    type Output = <N::Inner as ValueModule>::Output<N::Signature>;

    const SHAPE: Shape = Shape::Over {
        signature: N::Signature::SPEC,
        predictors: N::Inner::PREDICTORS,
    };

    async fn forward(
        &self,
        context: &Context<'_>,
        input: Self::Input,
    ) -> Result<Self::Output, CallError> {
        let read = N::Inner::read::<N::Signature>;
        forward_typed(self.inner().core(), context, input.into_values(), read).await
    }

    fn __start<'a>(
        &'a self,
        context: &'a Context<'a>,
        index: u32,
        input: Self::Input,
        slot: &'a Slot<Self::Output>,
    ) -> StepFuture<'a> {
        let (core, inputs) = (self.inner().core(), input.into_values());
        let read = read_boxed::<N::Inner, N::Signature>;
        start_typed(core, context, index, inputs, read, slot.cell())
    }

    fn calls_per_run(&self) -> CallsPerRun {
        self.inner().core().calls_per_run()
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.inner().core().predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.inner_mut().core_mut().predictors_mut()
    }
}

#[diagnostic::do_not_recommend]
impl<N: NamedModule> OverSignature for N {
    type Signature = N::Signature;
}

#[diagnostic::do_not_recommend]
impl<N: NamedModule> FromLm for N {
    fn from_lm(lm: Lm) -> Self {
        N::make(N::Inner::over(N::Signature::SPEC, lm))
    }
}

/// A named module that calls this model.
pub fn named<N: NamedModule>(lm: impl Into<Lm>) -> N {
    N::from_lm(lm.into())
}

/// The messages that the first call sends for this input.
pub fn render_named<N: NamedModule>(module: &N, input: &<N as Module>::Input) -> Vec<Message> {
    let inputs = input.clone().into_values();
    module.inner().core().render_values(inputs)
}

/// Rejects a module whose signature has a field with this name.
///
/// # Panics
///
/// At compile time, in a const, with this message.
#[track_caller]
pub const fn signature_lacks_field<M: OverSignature>(name: &str, message: &'static str) {
    lacks_field(M::Signature::SPEC, name, message);
}
