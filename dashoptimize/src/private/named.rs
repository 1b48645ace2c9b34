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

/// Which module of the runtime, whatever its signature.
pub trait Kind: Send + Sync + 'static {
    /// The module over this signature.
    type Module<S: Signature>: KnownModule;
}

/// The kinds, under the names of their modules.
pub mod kind {
    use super::{Kind, Signature};

    /// [`Predict`](crate::module::Predict)
    #[derive(Debug)]
    pub struct Predict;

    impl Kind for Predict {
        type Module<S: Signature> = crate::module::Predict<S>;
    }

    /// [`ChainOfThought`](crate::module::ChainOfThought)
    #[derive(Debug)]
    pub struct ChainOfThought;

    impl Kind for ChainOfThought {
        type Module<S: Signature> = crate::module::ChainOfThought<S>;
    }
}

/// A name for a module. The two types are apart so that a type that is no signature makes one
/// error, under its own name.
pub trait NamedModule: Clone + Send + Sync + 'static {
    /// Which module.
    type Kind: Kind;
    /// Over which signature.
    type Signature: Signature;

    /// Puts the name on a module.
    fn wrap(inner: Named<Self>) -> Self;

    /// The module under the name.
    fn inner(&self) -> &Named<Self>;

    /// The module under the name, to be changed.
    fn inner_mut(&mut self) -> &mut Named<Self>;
}

type Inner<N> = <<N as NamedModule>::Kind as Kind>::Module<<N as NamedModule>::Signature>;

/// The module under a name.
pub struct Named<N: NamedModule>(Inner<N>);

impl<N: NamedModule> fmt::Debug for Named<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[diagnostic::do_not_recommend]
impl<N: NamedModule> Module for N {
    type Input = <Inner<N> as Module>::Input;
    type Output = <Inner<N> as Module>::Output;

    fn forward(
        &self,
        context: &Context<'_>,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, CallError>> + Send {
        self.inner().0.forward(context, input)
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.inner().0.predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.inner_mut().0.predictors_mut()
    }
}

/// A named module on this model.
pub fn named<N: NamedModule>(lm: Lm) -> N {
    N::wrap(Named(Inner::<N>::on(lm)))
}

/// `Clone::clone`.
#[must_use]
pub fn clone_named<N: NamedModule>(module: &N) -> N {
    N::wrap(Named(module.inner().0.clone()))
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
    f.debug_tuple(name).field(&module.inner().0).finish()
}

/// The messages for this input.
pub fn render_named<N: NamedModule>(module: &N, input: &<N as Module>::Input) -> Vec<Message> {
    module.inner().0.render(input)
}

/// Refuses a signature that has a field of this name.
///
/// # Panics
///
/// At compile time, in a const, with this message.
#[track_caller]
pub const fn lacks_added_field<N: NamedModule>(name: &str, message: &'static str) {
    lacks_field(<Inner<N> as KnownModule>::SPEC, name, message);
}
