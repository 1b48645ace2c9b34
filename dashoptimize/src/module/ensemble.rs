//! `Ensemble`: several programs, one answer.

use std::fmt;
use std::sync::Arc;

use futures_util::future::join_all;

use super::attempts::{ToleratedFailures, ended, started};
use super::majority::{Vote, ballot, elected};
use super::numbers::at_least_one;
use super::{Module, ModuleExt, Predictor};
use crate::call::{CallError, CallPart, CallsPerRun, Context, PartKind, PartOutcome};
use crate::signature::FieldType;

/// Runs several programs of one type concurrently, such as differently tuned variants, and makes one answer
/// of their answers.
///
/// Members that fail are left out; if all fail, the ensemble fails with the first failure. Equal members
/// draw their own replies. Predictors have the paths of their members, numbered from 0: `0.query`,
/// `1.query`. The trace of the call holds the steps of the members that agree with the answer, as the
/// [`Reduce`] says.
///
/// Use it where one answer is not reliable enough: the vote is more robust and varies less, at the cost of all
/// members.
///
/// Source: DSPy's `Ensemble`. Unlike there, all members are asked in each call, and not a random part of them.
///
/// ```
/// use dashoptimize::module::{Ensemble, ModuleExt, Predict, majority_vote_by};
/// use dashoptimize::signature;
/// # use dashoptimize::lm::{ChatRequest, Scripted};
///
/// /// Answer the question.
/// #[signature]
/// struct Qa {
///     #[input]
///     question: String,
///     #[output]
///     answer: String,
/// }
///
/// # let lm = dashoptimize::lm::Lm::new(Scripted::new(|request: &ChatRequest| {
/// #     format!("[[ ## answer ## ]]\n{}", ["Lyon", "Paris", "paris."][request.sample as usize])
/// # }));
/// let variants = [0.0, 0.5, 1.0].map(|t| Predict::<Qa>::new(&lm).temperature(t));
/// let answer = |output: &QaOutput| output.answer.clone();
/// let program = Ensemble::new(variants, majority_vote_by(answer));
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(async {
/// let input = QaInput { question: "The capital of France?".to_owned() };
/// assert_eq!(program.call(input).await?.answer, "Paris");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Ensemble<M: Module> {
    members: Vec<M>,
    reduce: Arc<dyn Reduce<M::Output>>,
}

impl<M: Module> Ensemble<M> {
    /// An ensemble of these members, whose outputs become one by [`majority_vote`],
    /// [`majority_vote_by`], or a function of your own.
    ///
    /// # Panics
    ///
    /// If there are no members.
    #[track_caller]
    pub fn new(members: impl IntoIterator<Item = M>, reduce: impl Reduce<M::Output>) -> Self {
        let members = members.into_iter().enumerate();
        let members = members.map(|(index, member)| member.under(&index.to_string()));
        let members: Vec<M> = members.collect();
        at_least_one("size", members.len());
        Self {
            members,
            reduce: Arc::new(reduce),
        }
    }

    /// An ensemble of copies of one module, which differ once they are given different prompts by
    /// [`with_state`](ModuleExt::with_state) or an artifact. Until then, they all give the same answer at
    /// temperature 0.
    ///
    /// # Panics
    ///
    /// If the size is 0.
    #[track_caller]
    pub fn of(module: M, size: usize, reduce: impl Reduce<M::Output>) -> Self {
        let size = at_least_one("size", size);
        Self::new(std::iter::repeat_n(module, size), reduce)
    }

    /// The members.
    #[must_use]
    pub fn members(&self) -> &[M] {
        &self.members
    }
}

/// Makes one output of several. Any `Fn(Vec<O>) -> O` does.
#[diagnostic::on_unimplemented(
    message = "this does not make one output of several of `{O}`",
    label = "expected a function `fn(Vec<{O}>) -> {O}`, or `majority_vote()`",
    note = "write the argument type out: `|outputs: Vec<{O}>| …`"
)]
pub trait Reduce<O>: Send + Sync + 'static {
    /// Makes one output of these, in the order of the members. There is at least one.
    fn reduce(&self, outputs: Vec<O>) -> Reduced<O>;
}

/// An output that was made of several.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reduced<O> {
    /// The output.
    pub output: O,
    /// The places of the outputs that agree with it.
    pub agreeing: Vec<usize>,
}

impl<O> Reduced<O> {
    /// An output with which the outputs at these places agree.
    pub const fn new(output: O, agreeing: Vec<usize>) -> Self {
        Self { output, agreeing }
    }
}

impl<O, F: Fn(Vec<O>) -> O + Send + Sync + 'static> Reduce<O> for F {
    fn reduce(&self, outputs: Vec<O>) -> Reduced<O> {
        let agreeing = (0..outputs.len()).collect();
        Reduced::new(self(outputs), agreeing)
    }
}

/// The output that most members give; among equally frequent outputs, that of the first member. Outputs are
/// compared as a whole: use [`majority_vote_by`] where they hold reasoning or a confidence.
#[must_use]
pub const fn majority_vote() -> MajorityVote {
    MajorityVote
}

/// The output of the first member that gives what most members give, where outputs are compared by what
/// `key` takes out of them. Texts and `None` count as in [`majority`](super::majority).
pub const fn majority_vote_by<O, K: Vote, F: Fn(&O) -> K>(key: F) -> MajorityVoteBy<F> {
    MajorityVoteBy { key }
}

/// What [`majority_vote`] gives.
#[derive(Clone, Copy, Debug)]
pub struct MajorityVote;

/// What [`majority_vote_by`] gives.
#[derive(Clone, Copy)]
pub struct MajorityVoteBy<F> {
    key: F,
}

impl<F> fmt::Debug for MajorityVoteBy<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MajorityVoteBy")
    }
}

impl<O: PartialEq> Reduce<O> for MajorityVote {
    fn reduce(&self, outputs: Vec<O>) -> Reduced<O> {
        let ballots: Vec<_> = outputs.iter().map(Some).collect();
        let agreeing = elected(&ballots);
        first_of(outputs, agreeing)
    }
}

impl<O, K, F> Reduce<O> for MajorityVoteBy<F>
where
    K: FieldType,
    F: Fn(&O) -> K + Send + Sync + 'static,
{
    fn reduce(&self, outputs: Vec<O>) -> Reduced<O> {
        let ballots: Vec<_> = outputs
            .iter()
            .map(|o| ballot((self.key)(o), true))
            .collect();
        first_of(outputs, elected(&ballots))
    }
}

/// The first of the outputs that agree. If nobody votes, it is the first output.
fn first_of<O>(mut outputs: Vec<O>, mut agreeing: Vec<usize>) -> Reduced<O> {
    if agreeing.is_empty() {
        agreeing.push(0);
    }
    Reduced::new(outputs.swap_remove(agreeing[0]), agreeing)
}

impl<M: Module<Input: Clone>> Module for Ensemble<M> {
    type Input = M::Input;
    type Output = M::Output;

    fn calls_per_run(&self) -> CallsPerRun {
        // Members that ask the same share the reply.
        let of_members = self.members.iter().map(M::calls_per_run);
        let all = of_members.reduce(|one, other| CallsPerRun {
            task: one.task.then(other.task),
            reflect: one.reflect.then(other.reflect),
        });
        all.unwrap_or(CallsPerRun::NONE)
    }

    async fn forward(
        &self,
        context: &Context<'_>,
        input: M::Input,
    ) -> Result<M::Output, CallError> {
        let size = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        let members = (0..size).zip(&self.members);
        let members = join_all(members.map(|(index, member)| {
            let (context, input) = (context.tentative(index, size), input.clone());
            async move {
                let part = CallPart::new(PartKind::Member, index, size);
                started(&context, part);
                let outcome = member.forward(&context, input).await;
                ended(&context, part, &outcome, |_| PartOutcome::Answered);
                (context, outcome)
            }
        }));
        let mut failures = ToleratedFailures::ALL_BUT_ONE;
        let (mut contexts, mut outputs) = (Vec::new(), Vec::new());
        for (context, outcome) in members.await {
            if let Some(output) = failures.tolerate(outcome)? {
                contexts.push(context);
                outputs.push(output);
            }
        }
        if outputs.is_empty() {
            return Err(failures.into_error());
        }
        let Reduced { output, agreeing } = self.reduce.reduce(outputs);
        for (place, context) in contexts.into_iter().enumerate() {
            if agreeing.contains(&place) {
                context.keep();
            }
        }
        Ok(output)
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.members.iter().flat_map(M::predictors).collect()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.members
            .iter_mut()
            .flat_map(M::predictors_mut)
            .collect()
    }
}

impl<M: Module> Clone for Ensemble<M> {
    fn clone(&self) -> Self {
        Self {
            members: self.members.clone(),
            reduce: Arc::clone(&self.reduce),
        }
    }
}

impl<M: Module> fmt::Debug for Ensemble<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let predictors: Vec<_> = self.members.iter().flat_map(M::predictors).collect();
        f.debug_struct("Ensemble")
            .field("predictors", &predictors)
            .finish_non_exhaustive()
    }
}
