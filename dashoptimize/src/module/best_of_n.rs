//! `BestOfN`: the best of several attempts.

use std::fmt;

use super::Module;
use super::attempts::{Attempts, attempts_setters};
use super::part::hands_on;
use super::reward::{Best, Reward};
use crate::call::{Bounds, CallError, CallsPerRun, Context};
use crate::evaluate::IntoScore;

/// Makes several attempts of a module at the same input and gives the one that a reward judges best; among
/// equally good attempts, the first.
///
/// With a [`threshold`](Self::threshold) the attempts are made one after the other until one reaches it, so
/// that no call is wasted; without one all attempts are made concurrently. Each attempt draws its own
/// replies. The trace of the call is the trace of the attempt that won.
///
/// A reward is a function of input and output that returns what a metric may return: a `bool`, a number, or
/// a number with feedback. An attempt whose reward is not a finite number has failed. A reward must judge
/// without the right answer: one that looks up gold values makes every evaluation of the program
/// meaningless.
///
/// The module keeps its paths, so prompts that were tuned for it fit the `BestOfN` as well.
///
/// Source: DSPy's `BestOfN`.
///
/// ```
/// use dashoptimize::module::{BestOfN, ModuleExt, Predict};
/// use dashoptimize::signature;
/// # use dashoptimize::lm::{ChatRequest, Scripted};
///
/// /// Name a city.
/// #[signature]
/// struct City {
///     #[input]
///     country: String,
///     #[output]
///     city: String,
/// }
///
/// # let lm = Scripted::new(|request: &ChatRequest| {
/// #     format!("[[ ## city ## ]]\n{}", ["Toulouse", "Lyon", "Nice"][request.sample as usize])
/// # });
/// let shortest = |_: &CityInput, output: &CityOutput| -(output.city.len() as f64);
/// let program = BestOfN::new(Predict::<City>::new(lm), shortest).n(3);
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(async {
/// let input = CityInput { country: "France".to_owned() };
/// assert_eq!(program.call(input).await?.city, "Lyon");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct BestOfN<M: Module> {
    module: M,
    reward: Reward<M::Input, M::Output>,
    attempts: Attempts,
    threshold: Option<f64>,
}

impl<M: Module> BestOfN<M> {
    /// The best of 3 attempts of this module, by this reward.
    pub fn new<R: IntoScore>(
        module: M,
        reward: impl Fn(&M::Input, &M::Output) -> R + Send + Sync + 'static,
    ) -> Self {
        Self {
            module,
            reward: Reward::new(reward),
            attempts: Attempts {
                n: 3,
                temperature: Some(1.0),
                fail_count: None,
            },
            threshold: None,
        }
    }

    /// Sets the score from which an attempt is good enough: no further one is made. By default all
    /// attempts are made.
    #[must_use]
    pub const fn threshold(mut self, score: f64) -> Self {
        self.threshold = Some(score);
        self
    }
}

attempts_setters!(BestOfN, "3", "1.0");

impl<M: Module<Input: Clone>> Module for BestOfN<M> {
    type Input = M::Input;
    type Output = M::Output;

    hands_on!(module: M);

    fn calls_per_run(&self) -> CallsPerRun {
        let n = self.attempts.n.into();
        let least = if self.threshold.is_some() { 1 } else { n };
        self.module.calls_per_run().times(Bounds::new(least, n))
    }

    async fn forward(
        &self,
        context: &Context<'_>,
        input: M::Input,
    ) -> Result<M::Output, CallError> {
        let (attempts, module) = (&self.attempts, &self.module);
        let mut best = Best::new(attempts.n, attempts.failures());
        let Some(threshold) = self.threshold else {
            for attempt in attempts.make_all(module, context, input.clone()).await {
                best.take(self.reward.judge(&input, attempt))?;
            }
            return best.into_output();
        };
        for index in 0..attempts.n {
            let attempt = attempts.make(module, context, index, input.clone()).await;
            best.take(self.reward.judge(&input, attempt))?;
            if best.reaches(threshold) {
                break;
            }
        }
        best.into_output()
    }
}

impl<M: Module> Clone for BestOfN<M> {
    fn clone(&self) -> Self {
        Self {
            module: self.module.clone(),
            reward: self.reward.clone(),
            ..*self
        }
    }
}

impl<M: Module> fmt::Debug for BestOfN<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BestOfN")
            .field("predictors", &self.module.predictors())
            .field("attempts", &self.attempts)
            .field("threshold", &self.threshold)
            .finish_non_exhaustive()
    }
}
