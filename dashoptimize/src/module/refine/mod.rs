//! `Refine`: attempts that learn from the ones before.

mod advice;

use std::fmt;

use self::advice::{ADVISE, Adviser, Lesson};
use super::attempts::{Attempt, Attempts, attempts_setters, started};
use super::reward::{Best, Reward};
use super::{Module, ModuleExt, Predict, Predictor, Shape, ValueModule};
use crate::call::{Bounds, CallError, CallPart, CallsPerRun, Context, Hints, PartKind};
use crate::evaluate::{IntoScore, Score};
use crate::lm::Lm;

/// Makes attempts of a module at the same input, one after the other, until a reward judges one good enough.
/// After each attempt that is not good enough, a model is asked what each predictor should do differently,
/// and the next attempt is given that advice as [hints](Hints). The best attempt is the answer; among
/// equally good ones, the first.
///
/// It makes at most `n` attempts and `n - 1` calls for advice, under
/// [`Purpose::Reflect`](crate::lm::Purpose::Reflect). The adviser sees the instructions and fields of the
/// predictors, and the inputs and outputs of each; it never sees the input of the program itself, which may
/// hold gold values. It is told the score, with the feedback of the reward if there is some, and what the
/// reward [asks for](Self::criterion).
///
/// An attempt that failed, or whose reward is not a finite number, gives no advice, and neither does advice
/// that cannot be read: the next attempt keeps the earlier hints. The trace of the call is the trace of the
/// attempt that won, after the advice that it followed. For rewards see [`BestOfN`](super::BestOfN).
///
/// Predictors are those of the module under `attempt`, and `advise`.
///
/// Source: DSPy's `Refine`, which keys advice by signature, so that two predictors with the same signature
/// cannot be told apart; here the path is the key.
pub struct Refine<M: Module> {
    module: M,
    adviser: Adviser,
    reward: Reward<M::Input, M::Output>,
    threshold: f64,
    attempts: Attempts,
}

impl<M: Module> Refine<M> {
    /// At most 3 attempts of this module, until this reward reaches the threshold. The model of the
    /// module's first predictor gives the advice.
    ///
    /// # Panics
    ///
    /// If the module has no predictor, because there is nothing to advise.
    pub fn new<R: IntoScore>(
        module: M,
        reward: impl Fn(&M::Input, &M::Output) -> R + Send + Sync + 'static,
        threshold: f64,
    ) -> Self {
        let module = module.under("attempt");
        let lm = match module.predictors().first() {
            Some(predictor) => predictor.lm().clone(),
            None => panic!("`Refine` advises predictors, and this module has none"),
        };
        Self {
            module,
            adviser: Adviser::new(lm),
            reward: Reward::new(reward),
            threshold,
            attempts: Attempts {
                n: 3,
                temperature: Some(1.0),
                fail_count: None,
            },
        }
    }

    /// Sets the model that gives advice. Default: that of the module's first predictor.
    #[must_use]
    pub fn adviser(mut self, lm: impl Into<Lm>) -> Self {
        self.adviser.predictor.set_lm(lm.into());
        self
    }

    /// Describes what the reward asks for, in words for the adviser. By default it is only told the score,
    /// and the feedback of the reward if there is some.
    #[must_use]
    pub fn criterion(mut self, words: impl Into<String>) -> Self {
        self.adviser.criterion = words.into();
        self
    }

    /// What the next attempt can learn from this one if it is not good enough.
    fn lesson(&self, attempt: &Attempt<'_, (M::Output, Score)>) -> Option<Lesson> {
        let (_, score) = attempt.outcome.as_ref().ok()?;
        (score.value() < self.threshold).then(|| Lesson {
            steps: attempt.context.steps(),
            score: score.clone(),
            threshold: self.threshold,
        })
    }
}

attempts_setters!(Refine, "3", "1.0");

impl<M: Module<Input: Clone>> Refine<M> {
    /// One attempt: first the advice that the previous one gives, then the module.
    async fn attempt<'a>(
        &self,
        context: &'a Context<'_>,
        index: u32,
        input: M::Input,
        lesson: Option<Lesson>,
        hints: &mut Hints,
    ) -> Result<Attempt<'a, M::Output>, CallError> {
        let context = context.tentative(index, self.attempts.n).with_trace();
        started(
            &context,
            CallPart::new(PartKind::Attempt, index, self.attempts.n),
        );
        if let Some(lesson) = lesson {
            let predictors = self.module.predictors();
            self.adviser
                .advise(&context.child(0), &predictors, &lesson, hints)
                .await?;
        }
        let hinted = self.attempts.warmed(context.child(1)).with_hints(hints);
        let outcome = self.module.forward(&hinted, input).await;
        drop(hinted);
        Ok(Attempt {
            index,
            context,
            outcome,
        })
    }
}

impl<M: Module<Input: Clone>> Module for Refine<M> {
    type Input = M::Input;
    type Output = M::Output;

    const SHAPE: Shape = Shape::Parts(&[
        ("attempt", M::SHAPE),
        (
            "advise",
            Shape::Over {
                signature: ADVISE,
                predictors: <Predict as ValueModule>::PREDICTORS,
            },
        ),
    ]);

    fn calls_per_run(&self) -> CallsPerRun {
        let n = u64::from(self.attempts.n);
        let attempts = self.module.calls_per_run().times(Bounds::new(1, n));
        let advice = Bounds::up_to(n.saturating_sub(1));
        attempts.plus(CallsPerRun::NONE.with_reflect(advice))
    }

    async fn forward(
        &self,
        context: &Context<'_>,
        input: M::Input,
    ) -> Result<M::Output, CallError> {
        let mut best = Best::new(self.attempts.n, self.attempts.failures());
        let mut hints = context.hints().cloned().unwrap_or_default();
        let mut lesson = None;
        for index in 0..self.attempts.n {
            let attempt = self.attempt(context, index, input.clone(), lesson, &mut hints);
            let attempt = attempt.await?;
            let attempt = self.reward.judge(&input, attempt);
            lesson = self.lesson(&attempt);
            best.take(attempt)?;
            if best.reaches(self.threshold) {
                break;
            }
        }
        best.into_output()
    }

    fn predictors(&self) -> Vec<&Predictor> {
        let mut predictors = self.module.predictors();
        predictors.push(&self.adviser.predictor);
        predictors
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        let mut predictors = self.module.predictors_mut();
        predictors.push(&mut self.adviser.predictor);
        predictors
    }
}

impl<M: Module> Clone for Refine<M> {
    fn clone(&self) -> Self {
        Self {
            module: self.module.clone(),
            adviser: self.adviser.clone(),
            reward: self.reward.clone(),
            ..*self
        }
    }
}

impl<M: Module> fmt::Debug for Refine<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refine")
            .field("predictors", &self.module.predictors())
            .field("adviser", &self.adviser)
            .field("threshold", &self.threshold)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
