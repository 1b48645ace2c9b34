//! Nodes of a pipeline are made of a model.
//!
//! A method call looks for [`MakeNode`] first and for [`MakeModule`] then, because that needs one
//! reference less. So a module that cannot be made of a model is told so.

use std::marker::PhantomData;

use crate::lm::Lm;
use crate::module::{FromLm, Module};

/// Makes a `T`.
#[derive(Debug)]
pub struct Make<T>(PhantomData<fn() -> T>);

impl<T> Make<T> {
    /// The maker.
    pub const NEW: Self = Self(PhantomData);
}

/// Of nodes.
pub trait MakeNode<T> {
    /// A module on this model.
    fn __make(&self, lm: &Lm) -> T;
}

impl<T: FromLm> MakeNode<T> for &Make<T> {
    fn __make(&self, lm: &Lm) -> T {
        T::from_lm(lm.clone())
    }
}

/// Of modules that cannot be made of a model alone: calling it is an error that says so.
pub trait MakeModule<T> {
    /// A module on this model.
    fn __make(&self, lm: &Lm) -> T
    where
        T: FromLm;
}

impl<T: Module> MakeModule<T> for Make<T> {
    fn __make(&self, lm: &Lm) -> T
    where
        T: FromLm,
    {
        T::from_lm(lm.clone())
    }
}
