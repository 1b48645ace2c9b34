//! What `module!` makes of a module over another module, such as `BestOfN<Classify>`.
//!
//! The type in the angle brackets is the user's and may be no module. That must be one error, under
//! the type, and not one for each place in the expansion that has to do with it. So the expansion asks
//! what the type [is](Is), at compile time, and goes on with an [`Argument`] of that number:
//!
//! | number | the type | the expansion goes on with |
//! |---|---|---|
//! | 0 | something else | [`NoModule`], and [`is_module`] is the error |
//! | 1 | a module that is made of a model | the type |
//! | 2 | a signature | `Predict` over it, and [`is_module`] is the error |

use std::marker::PhantomData;

use crate::lm::Lm;
use crate::module::{CallError, Context, FromLm, Module, Predict, Predictor};
use crate::signature::Signature;

/// A name for a module over another module.
pub trait OverModule {
    /// What the type in the angle brackets is.
    type Argument;
    /// What the module is over.
    type Part: FromLm<Input: Clone>;
}

/// Asks what `T` is: `Is::<T>::MODULE` is the constant of the type where its bound holds, and that of
/// [`Otherwise`] where it does not.
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

/// The number of the answers.
#[must_use]
pub const fn number(is_module: bool, is_signature: bool) -> u8 {
    match (is_module, is_signature) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 0,
    }
}

/// What a type is, as a type.
#[derive(Debug)]
pub struct Argument<const NUMBER: u8>;

/// The module that the expansion goes on with.
pub trait Part<T> {
    /// The module.
    type Part: FromLm<Input: Clone>;
}

impl<T> Part<T> for Argument<0> {
    type Part = NoModule<(), ()>;
}

impl<T: FromLm<Input: Clone>> Part<T> for Argument<1> {
    type Part = T;
}

impl<T: Signature> Part<T> for Argument<2> {
    type Part = Predict<T>;
}

/// The same module inside of a function. There, a `NoModule` takes whatever types `X` the options
/// want, so that they are no further errors.
pub trait Open<T, X> {
    /// The module.
    type Part: FromLm<Input: Clone>;
}

impl<T, I, O> Open<T, (I, O)> for Argument<0>
where
    I: Clone + Send + 'static,
    O: Send + Sync + 'static,
{
    type Part = NoModule<I, O>;
}

impl<T: FromLm<Input: Clone>> Open<T, ()> for Argument<1> {
    type Part = T;
}

impl<T: Signature> Open<T, ()> for Argument<2> {
    type Part = Predict<T>;
}

/// The module that another one is over, on this model.
pub fn part<A: Open<T, X>, T, X>(lm: Lm) -> A::Part {
    FromLm::from_lm(lm)
}

/// Ends what [`part`] began: the module that was made is the one that the name holds.
pub trait Close<Made, Held> {
    /// The module to hold.
    fn close(made: Made) -> Held;
}

impl<Made, Held> Close<Made, Held> for Argument<0> {
    fn close(_: Made) -> Held {
        unreachable!("what is no module does not compile")
    }
}

impl<Made> Close<Made, Made> for Argument<1> {
    fn close(made: Made) -> Made {
        made
    }
}

impl<Made> Close<Made, Made> for Argument<2> {
    fn close(made: Made) -> Made {
        made
    }
}

/// Refuses what is no module.
pub const fn is_module<A: NoSignature<T> + SomeModule<T>, T>() {}

/// An argument that is a module, or a signature.
#[diagnostic::on_unimplemented(
    message = "`{T}` is not a module",
    label = "a module that is made of a model is wanted here",
    note = "write the name of one that `module!` or `pipeline!` makes, or one over a signature, as in \
            `Predict<Triage>`"
)]
pub trait SomeModule<T> {}

#[diagnostic::do_not_recommend]
impl<T> SomeModule<T> for Argument<1> {}

#[diagnostic::do_not_recommend]
impl<T> SomeModule<T> for Argument<2> {}

/// An argument that is no signature.
#[diagnostic::on_unimplemented(
    message = "`{T}` is a signature, and a module is wanted here",
    label = "not a module",
    note = "write `Predict<{T}>`, or the name of a module"
)]
pub trait NoSignature<T> {}

#[diagnostic::do_not_recommend]
impl<T> NoSignature<T> for Argument<0> {}

#[diagnostic::do_not_recommend]
impl<T> NoSignature<T> for Argument<1> {}

/// Stands in for what is no module.
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
        unreachable!("what is no module does not compile")
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
