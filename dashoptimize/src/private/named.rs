//! What `module!` makes: a name for a module of the runtime.

use std::fmt;

use crate::lm::{Lm, Message};
use crate::module::{CallError, ChainOfThought, Context, Module, Predict, Predictor};
use crate::signature::{Signature, SignatureSpec};

use super::rule::lacks_field;

/// A module that `module!` can name.
pub trait KnownModule: Module + fmt::Debug {
    /// The signature as the user wrote it.
    const SPEC: &'static SignatureSpec;

    /// The module on this model.
    fn on(lm: Lm) -> Self;

    /// The messages for this input.
    fn render(&self, input: &Self::Input) -> Vec<Message>;
}

impl<S: Signature> KnownModule for Predict<S> {
    const SPEC: &'static SignatureSpec = S::SPEC;

    fn on(lm: Lm) -> Self {
        Self::new(lm)
    }

    fn render(&self, input: &Self::Input) -> Vec<Message> {
        self.render(input)
    }
}

impl<S: Signature> KnownModule for ChainOfThought<S> {
    const SPEC: &'static SignatureSpec = S::SPEC;

    fn on(lm: Lm) -> Self {
        Self::new(lm)
    }

    fn render(&self, input: &Self::Input) -> Vec<Message> {
        self.render(input)
    }
}

/// A name for a module.
pub trait NamedModule: Clone + Send + Sync + 'static {
    /// What it names.
    type Inner: KnownModule;

    /// Puts the name on a module.
    fn wrap(inner: Self::Inner) -> Self;

    /// The module under the name.
    fn inner(&self) -> &Self::Inner;

    /// The module under the name, to be changed.
    fn inner_mut(&mut self) -> &mut Self::Inner;
}

#[diagnostic::do_not_recommend]
impl<N: NamedModule> Module for N {
    type Input = <N::Inner as Module>::Input;
    type Output = <N::Inner as Module>::Output;

    fn forward(
        &self,
        context: &Context<'_>,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, CallError>> + Send {
        self.inner().forward(context, input)
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.inner().predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.inner_mut().predictors_mut()
    }
}

/// A named module on this model.
pub fn named<N: NamedModule>(lm: Lm) -> N {
    N::wrap(N::Inner::on(lm))
}

/// `Clone::clone`.
#[must_use]
pub fn clone_named<N: NamedModule>(module: &N) -> N {
    N::wrap(module.inner().clone())
}

/// `Debug::fmt`.
///
/// # Errors
///
/// Where the formatter fails.
pub fn show_named<N: NamedModule>(
    module: &N,
    name: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    f.debug_tuple(name).field(module.inner()).finish()
}

/// The messages for this input.
pub fn render_named<N: NamedModule>(module: &N, input: &<N as Module>::Input) -> Vec<Message> {
    module.inner().render(input)
}

/// Refuses a signature that has a field of this name.
///
/// # Panics
///
/// At compile time, in a const, with this message.
#[track_caller]
pub const fn lacks_added_field<N: NamedModule>(name: &str, message: &'static str) {
    lacks_field(<N::Inner as KnownModule>::SPEC, name, message);
}
