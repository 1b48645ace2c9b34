//! The result of `module!` for a module over another module, such as `BestOfN<Classify>`.
//!
//! The type in the angle brackets is the user's and may not be a module. That is one error, which the check
//! in its [`Checked`](super::Checked) reports; with [`Is`] the check finds out whether the type is a
//! signature or something else. The options are checked in both cases: if the type is not a module, they
//! are set on a [`NoModule`].

use std::marker::PhantomData;

use crate::call::{CallError, Context};
use crate::lm::Lm;
use crate::module::{FromLm, Module, Predictor};
use crate::signature::Signature;

/// A name for a module over another module.
pub trait OverModule {
    /// The inner module.
    type Part: FromLm<Input: Clone>;
}

/// Asks what `T` is: `Is::<T>::MODULE` is the constant of the type if its bound holds, and that of
/// [`Otherwise`] if it does not.
#[derive(Debug)]
pub struct Is<T>(PhantomData<T>);

impl<T: FromLm<Input: Clone>> Is<T> {
    /// Whether `T` is a module that is made of a model.
    pub const MODULE: bool = true;
}

impl<T: Signature> Is<T> {
    /// Whether `T` is a signature.
    pub const SIGNATURE: bool = true;
}

/// The answers for types that are neither.
pub trait Otherwise {
    /// See [`Is`].
    const MODULE: bool = false;
    /// See [`Is`].
    const SIGNATURE: bool = false;
}

impl<T> Otherwise for Is<T> {}

/// What a module can be over. If it is a signature, [`NoSignature`] reports that it is not a module.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a module",
    label = "a module that is made of a model is wanted here",
    note = "write the name of one that `module!` or `pipeline!` makes, or one over a signature, as in \
            `Predict<Triage>`"
)]
pub trait SomeModule<const IS_SIGNATURE: bool> {
    /// It is one.
    const SOUND: bool = true;
}

#[diagnostic::do_not_recommend]
impl<T: FromLm<Input: Clone>> SomeModule<false> for T {}

#[diagnostic::do_not_recommend]
impl<T> SomeModule<true> for T {}

/// A type that is not a signature.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a signature, and a module is wanted here",
    label = "not a module",
    note = "write `Predict<{Self}>`, or the name of a module"
)]
pub trait NoSignature<const IS_SIGNATURE: bool> {
    /// It is not a signature.
    const SOUND: bool = true;
}

#[diagnostic::do_not_recommend]
impl<T> NoSignature<false> for T {}

/// Makes a module over a `T`, and a module over a [`NoModule`] if `T` is not a module.
#[derive(Debug)]
pub struct Maker<const IS_MODULE: bool>;

/// The module that another one is over, while that is made. A `NoModule` takes whatever types `X` the
/// options want, so that they are no further errors.
pub trait Open<T, X> {
    /// The module.
    type Part: FromLm<Input: Clone>;
}

impl<T: FromLm<Input: Clone>> Open<T, ()> for Maker<true> {
    type Part = T;
}

impl<T, I, O> Open<T, (I, O)> for Maker<false>
where
    I: Clone + Send + 'static,
    O: Send + Sync + 'static,
{
    type Part = NoModule<I, O>;
}

/// The module that another one is over, on this model.
pub fn part<M: Open<T, X>, T, X>(lm: Lm) -> M::Part {
    FromLm::from_lm(lm)
}

/// Completes what [`part`] started: the module that was made is the one that the name holds.
pub trait Close<Made, Held> {
    /// The module to hold.
    fn close(made: Made) -> Held;
}

impl<Made> Close<Made, Made> for Maker<true> {
    fn close(made: Made) -> Made {
        made
    }
}

impl<Made, Held> Close<Made, Held> for Maker<false> {
    fn close(_: Made) -> Held {
        unreachable!("a type that is not a module does not compile")
    }
}

/// Takes the place of a type that is not a module.
#[derive(Debug)]
pub struct NoModule<I, O>(PhantomData<fn(I) -> O>);

impl<I, O> Clone for NoModule<I, O> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

#[diagnostic::do_not_recommend]
impl<I: Clone + Send + 'static, O: Send + Sync + 'static> Module for NoModule<I, O> {
    type Input = I;
    type Output = O;

    async fn forward(&self, _: &Context<'_>, _: I) -> Result<O, CallError> {
        unreachable!("a type that is not a module does not compile")
    }

    fn predictors(&self) -> Vec<&Predictor> {
        Vec::new()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        Vec::new()
    }
}

#[diagnostic::do_not_recommend]
impl<I: Clone + Send + 'static, O: Send + Sync + 'static> FromLm for NoModule<I, O> {
    fn from_lm(_: Lm) -> Self {
        Self(PhantomData)
    }
}
