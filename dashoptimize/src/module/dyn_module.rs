//! `DynModule`: programs whose type is not known when the code is compiled.

use std::fmt;
use std::sync::Arc;

use super::{Module, Predictor};
use crate::call::{CallError, CallsPerRun, Context};
use crate::graph::Graph;
use crate::lm::BoxFuture;

/// The object-safe form of [`Module`]: any program from an `I` to an `O`. Every [`Module`] implements it.
///
/// It lets different programs be kept in one list, or be chosen while the program runs. A
/// `Box<dyn DynModule<I, O>>`, as [`ModuleExt::boxed`](super::ModuleExt::boxed) makes it, is a
/// [`Module`] itself, and so is an `Arc<dyn DynModule<I, O>>`: it can be called, nested and optimized.
///
/// ```
/// use dashoptimize::lm::{Lm, Scripted};
/// use dashoptimize::module::DynModule;
/// use dashoptimize::prelude::*;
///
/// /// Answer with one word.
/// #[signature]
/// struct Qa {
///     #[input]
///     question: String,
///     #[output]
///     answer: String,
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let lm = Lm::new(Scripted::replies(["Rome", "Rome"]));
/// let programs: Vec<Box<dyn DynModule<QaInput, QaOutput>>> = vec![
///     Predict::<Qa>::new(&lm).boxed(),
///     KNN::<Qa>::new(&lm).temperature(0.5).boxed(),
/// ];
/// for program in &programs {
///     let question = "The capital of Italy?".to_owned();
///     assert_eq!(program.call(QaInput { question }).await?.answer, "Rome");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait DynModule<I, O>: Send + Sync + 'static {
    /// As [`Module::forward`], in a box.
    fn forward_boxed<'a>(
        &'a self,
        context: &'a Context<'_>,
        input: I,
    ) -> BoxFuture<'a, Result<O, CallError>>;

    /// As [`Module::predictors`].
    fn all_predictors(&self) -> Vec<&Predictor>;

    /// As [`Module::predictors_mut`].
    fn all_predictors_mut(&mut self) -> Vec<&mut Predictor>;

    /// As [`Module::graph`].
    fn own_graph(&self) -> Option<&'static Graph>;

    /// [`Module::calls_per_run`].
    fn own_calls_per_run(&self) -> CallsPerRun;

    /// As `Clone::clone`, in a box.
    fn clone_boxed(&self) -> Box<dyn DynModule<I, O>>;

    #[doc(hidden)]
    fn __set_own_path(&mut self, path: &str);
}

impl<M: Module> DynModule<M::Input, M::Output> for M {
    fn forward_boxed<'a>(
        &'a self,
        context: &'a Context<'_>,
        input: M::Input,
    ) -> BoxFuture<'a, Result<M::Output, CallError>> {
        Box::pin(self.forward(context, input))
    }

    fn all_predictors(&self) -> Vec<&Predictor> {
        self.predictors()
    }

    fn all_predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.predictors_mut()
    }

    fn own_graph(&self) -> Option<&'static Graph> {
        self.graph()
    }

    fn own_calls_per_run(&self) -> CallsPerRun {
        self.calls_per_run()
    }

    fn clone_boxed(&self) -> Box<dyn DynModule<M::Input, M::Output>> {
        Box::new(self.clone())
    }

    fn __set_own_path(&mut self, path: &str) {
        self.__set_path(path);
    }
}

/// Implements `Module` for a pointer to any program. `$inner_mut` is the program inside, to be changed.
macro_rules! pointer_is_module {
    ($Pointer:ident, $inner_mut:path) => {
        #[diagnostic::do_not_recommend]
        impl<I: Send + 'static, O: Send + Sync + 'static> Module for $Pointer<dyn DynModule<I, O>> {
            type Input = I;
            type Output = O;

            async fn forward(&self, context: &Context<'_>, input: I) -> Result<O, CallError> {
                (**self).forward_boxed(context, input).await
            }

            fn predictors(&self) -> Vec<&Predictor> {
                (**self).all_predictors()
            }

            fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
                $inner_mut(self).all_predictors_mut()
            }

            fn graph(&self) -> Option<&'static Graph> {
                (**self).own_graph()
            }

            fn calls_per_run(&self) -> CallsPerRun {
                (**self).own_calls_per_run()
            }

            fn __set_path(&mut self, path: &str) {
                $inner_mut(self).__set_own_path(path);
            }
        }
    };
}

pointer_is_module!(Box, Box::as_mut);
pointer_is_module!(Arc, unshared);

impl<I: 'static, O: 'static> Clone for Box<dyn DynModule<I, O>> {
    fn clone(&self) -> Self {
        (**self).clone_boxed()
    }
}

/// The program inside, to be changed. If it has other owners, it is copied first.
fn unshared<I: 'static, O: 'static>(
    program: &mut Arc<dyn DynModule<I, O>>,
) -> &mut dyn DynModule<I, O> {
    if Arc::get_mut(program).is_none() {
        *program = (**program).clone_boxed().into();
    }
    Arc::get_mut(program).expect("a program that was just copied has one owner")
}

impl<I: 'static, O: 'static> fmt::Debug for dyn DynModule<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DynModule")
            .field(&self.all_predictors())
            .finish()
    }
}
