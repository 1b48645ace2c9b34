//! What `module!` makes: a name for a module of the runtime.
//!
//! What a named module holds does not depend on its signature, so a type that is none makes one
//! error, where it is written, and not one for each part of the name.

use crate::lm::{Lm, Message};
use crate::module::{CallError, Context, Module, Predictor, unfit};
use crate::signature::{Record, Signature, ValueError};

use super::Value;
use super::rule::lacks_field;

/// Which module of the runtime, whatever its signature: a reading of what one predictor gives.
pub trait Kind: Send + Sync + 'static {
    /// What it produces over this signature.
    type Output<S: Signature>: Send + Sync + 'static;

    /// Its predictor over this signature, on this model.
    fn predictor<S: Signature>(lm: Lm) -> Predictor;

    /// The outputs in what the predictor gave.
    ///
    /// # Errors
    ///
    /// Where a value is of another type.
    fn read<S: Signature>(values: Vec<Value>) -> Result<Self::Output<S>, ValueError>;
}

/// The kinds, under the names of their modules.
pub mod kind {
    use super::{Kind, Lm, Predictor, Record, Signature, Value, ValueError};
    use crate::module::{self, Reasoned};

    /// [`Predict`](module::Predict)
    #[derive(Debug)]
    pub struct Predict;

    impl Kind for Predict {
        type Output<S: Signature> = S::Output;

        fn predictor<S: Signature>(lm: Lm) -> Predictor {
            module::Predict::<S>::new(lm).into_predictor()
        }

        fn read<S: Signature>(values: Vec<Value>) -> Result<S::Output, ValueError> {
            S::Output::from_values(values)
        }
    }

    /// [`ChainOfThought`](module::ChainOfThought)
    #[derive(Debug)]
    pub struct ChainOfThought;

    impl Kind for ChainOfThought {
        type Output<S: Signature> = Reasoned<S::Output>;

        fn predictor<S: Signature>(lm: Lm) -> Predictor {
            module::ChainOfThought::<S>::new(lm).into_predictor()
        }

        fn read<S: Signature>(values: Vec<Value>) -> Result<Self::Output<S>, ValueError> {
            Reasoned::from_values(values)
        }
    }
}

/// A name for a module. The two types are apart so that a type that is no signature is reported
/// under its own name.
pub trait NamedModule: Clone + Send + Sync + 'static {
    /// Which module.
    type Kind: Kind;
    /// Over which signature.
    type Signature: Signature;

    /// Puts the name on a module.
    fn wrap(inner: Named) -> Self;

    /// The module under the name.
    fn inner(&self) -> &Named;

    /// The module under the name, to be changed.
    fn inner_mut(&mut self) -> &mut Named;
}

/// The module under a name.
#[derive(Clone, Debug)]
pub struct Named(Predictor);

#[diagnostic::do_not_recommend]
impl<N: NamedModule> Module for N {
    type Input = <N::Signature as Signature>::Input;
    type Output = <N::Kind as Kind>::Output<N::Signature>;

    async fn forward(
        &self,
        context: &Context<'_>,
        input: Self::Input,
    ) -> Result<Self::Output, CallError> {
        let Named(predictor) = self.inner();
        let values = predictor.call(context, input.into_values()).await?;
        N::Kind::read::<N::Signature>(values).map_err(|error| unfit(predictor, &error))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.inner().0]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.inner_mut().0]
    }
}

/// A named module on this model.
pub fn named<N: NamedModule>(lm: Lm) -> N {
    N::wrap(Named(N::Kind::predictor::<N::Signature>(lm)))
}

/// The messages for this input.
pub fn render_named<N: NamedModule>(module: &N, input: &<N as Module>::Input) -> Vec<Message> {
    module.inner().0.render(&input.clone().into_values())
}

/// Refuses a signature that has a field of this name.
///
/// # Panics
///
/// At compile time, in a const, with this message.
#[track_caller]
pub const fn lacks_added_field<N: NamedModule>(name: &str, message: &'static str) {
    lacks_field(N::Signature::SPEC, name, message);
}
