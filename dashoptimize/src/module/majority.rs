//! `Majority`: the answer that most attempts give.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::Module;
use super::attempts::{Attempts, attempts_setters};
use super::part::hands_on;
use crate::call::{Bounds, CallError, CallsPerRun, Context, PartOutcome};
use crate::evaluate::normalized;
use crate::signature::{FieldType, Ty};

/// Makes several attempts of a module at the same input and gives the answer that most of them give; among
/// equally frequent answers, the one that came first (self-consistency).
///
/// An attempt votes for what `by` takes out of its output. Texts count as the same after SQuAD's
/// normalization, as in [`normalized_match`](crate::evaluate::normalized_match), unless
/// [`normalize`](Self::normalize) is off. `None` and a blank text are not a vote; if nobody votes, the first
/// answer is taken. An attempt that failed does not vote either. The attempts are made concurrently, and
/// each draws its own replies. The answer is the output of the first attempt that voted for it, and the
/// trace of the call is the trace of this attempt.
///
/// The module keeps its paths, so prompts that were tuned for it fit the `Majority` as well.
///
/// Source: Wang et al. 2022, arXiv 2203.11171; the aggregation is DSPy's `majority`.
///
/// ```
/// use dashoptimize::module::{Majority, ModuleExt, Predict};
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
/// # let lm = Scripted::new(|request: &ChatRequest| {
/// #     format!("[[ ## answer ## ]]\n{}", ["Lyon", "Paris", "paris."][request.sample as usize])
/// # });
/// let answer = |output: &QaOutput| output.answer.clone();
/// let program = Majority::new(Predict::<Qa>::new(lm), answer).n(3);
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(async {
/// let input = QaInput { question: "The capital of France?".to_owned() };
/// assert_eq!(program.call(input).await?.answer, "Paris");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Majority<M: Module> {
    module: M,
    ballot: Arc<Ballot<M::Output>>,
    normalize: bool,
    attempts: Attempts,
}

/// What outputs can be compared by: any [`FieldType`].
#[diagnostic::on_unimplemented(
    message = "answers cannot be compared by `{Self}`",
    label = "expected an owned value that a field of a signature can have",
    note = "a field is copied out of the answer: `|output| output.answer.clone()`"
)]
pub trait Vote: FieldType {}

#[diagnostic::do_not_recommend]
impl<T: FieldType> Vote for T {}

/// The value that an output votes for; the flag says whether texts are normalized.
type Ballot<O> = dyn Fn(&O, bool) -> Option<Value> + Send + Sync;

impl<M: Module> Majority<M> {
    /// The majority of 5 attempts of this module. Each votes for what `by` gives.
    pub fn new<K: Vote>(module: M, by: impl Fn(&M::Output) -> K + Send + Sync + 'static) -> Self {
        Self {
            module,
            ballot: Arc::new(move |output, normalize| ballot(by(output), normalize)),
            normalize: true,
            attempts: Attempts {
                n: 5,
                temperature: Some(0.7),
                fail_count: None,
            },
        }
    }

    /// Sets whether texts are normalized before they are compared. Default true.
    #[must_use]
    pub const fn normalize(mut self, normalize: bool) -> Self {
        self.normalize = normalize;
        self
    }
}

attempts_setters!(Majority, "5", "0.7");

impl<M: Module<Input: Clone>> Module for Majority<M> {
    type Input = M::Input;
    type Output = M::Output;

    hands_on!(module: M);

    fn calls_per_run(&self) -> CallsPerRun {
        let n = self.attempts.n.into();
        self.module.calls_per_run().times(Bounds::exactly(n))
    }

    async fn forward(
        &self,
        context: &Context<'_>,
        input: M::Input,
    ) -> Result<M::Output, CallError> {
        let mut failures = self.attempts.failures();
        let (mut answers, mut ballots) = (Vec::new(), Vec::new());
        for attempt in self.attempts.make_all(&self.module, context, input).await {
            let ballot = |output: &_| (self.ballot)(output, self.normalize);
            attempt.tell(self.attempts.n, |output| PartOutcome::Voted(ballot(output)));
            if let Some(output) = failures.tolerate(attempt.outcome)? {
                ballots.push(ballot(&output));
                answers.push((attempt.context, output));
            }
        }
        let first = elected(&ballots).first().copied();
        match answers.into_iter().nth(first.unwrap_or_default()) {
            Some((context, output)) => {
                context.keep();
                Ok(output)
            }
            None => Err(failures.into_error()),
        }
    }
}

impl<M: Module> Clone for Majority<M> {
    fn clone(&self) -> Self {
        Self {
            module: self.module.clone(),
            ballot: Arc::clone(&self.ballot),
            ..*self
        }
    }
}

impl<M: Module> fmt::Debug for Majority<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Majority")
            .field("predictors", &self.module.predictors())
            .field("normalize", &self.normalize)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// The most frequent value of a list; among equally frequent values, the first. Texts count as the same
/// after SQuAD's normalization; `None` and blank texts do not count, unless there is nothing else. `None` if
/// the list is empty.
///
/// ```
/// use dashoptimize::module::majority;
///
/// let answers = vec!["Lyon".to_owned(), "Paris".to_owned(), "paris.".to_owned()];
/// assert_eq!(majority(answers).as_deref(), Some("Paris"));
/// ```
pub fn majority<T: FieldType>(values: Vec<T>) -> Option<T> {
    majority_by(values, T::clone)
}

/// Like [`majority`], where values are compared by what `key` gives.
///
/// ```
/// use dashoptimize::module::majority_by;
///
/// let answers = vec![("Lyon", 0.2), ("Paris", 0.9), ("Paris", 0.4)];
/// let answer = majority_by(answers, |(city, _)| city.to_string());
/// assert_eq!(answer, Some(("Paris", 0.9)));
/// ```
pub fn majority_by<T, K: FieldType>(values: Vec<T>, key: impl Fn(&T) -> K) -> Option<T> {
    let ballots: Vec<_> = values
        .iter()
        .map(|value| ballot(key(value), true))
        .collect();
    let first = elected(&ballots).first().copied();
    values.into_iter().nth(first.unwrap_or_default())
}

/// The places of the votes that won: all votes for the value that got most of them. Empty if nobody votes.
pub(super) fn elected<K: PartialEq>(ballots: &[Option<K>]) -> Vec<usize> {
    let votes_like = |vote: &K| -> Vec<usize> {
        let same = |place: &usize| ballots[*place].as_ref() == Some(vote);
        (0..ballots.len()).filter(same).collect()
    };
    let votes = ballots.iter().flatten().map(votes_like);
    // Among equal ones, `max_by_key` takes the last.
    votes.rev().max_by_key(Vec::len).unwrap_or_default()
}

/// What a value counts as in a vote; `None` if it does not count.
pub(super) fn ballot<K: FieldType>(value: K, normalize: bool) -> Option<Value> {
    count(&K::TYPE, value.into_json(), normalize)
}

fn count(ty: &Ty, value: Value, normalize: bool) -> Option<Value> {
    match (ty, value) {
        (_, Value::Null) => None,
        (Ty::Optional(ty), value) => count(ty, value, normalize),
        (Ty::Str, Value::String(text)) => {
            let text = text.trim();
            let normal = if normalize {
                normalized(text)
            } else {
                String::new()
            };
            // SQuAD takes the answer `A` for an article, and nothing would be left of it.
            let counts = if normal.is_empty() { text } else { &normal };
            (!counts.is_empty()).then(|| counts.into())
        }
        (_, value) => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn of_equal_values_the_one_that_stands_first_wins_as_it_was_written() {
        let two_each = texts(&["the Seine", "Loire", "loire", "Seine!"]);
        assert_eq!(majority(two_each).as_deref(), Some("the Seine"));
        assert_eq!(majority(vec![1, 2, 3]), Some(1));
    }

    #[test]
    fn nothing_and_blank_texts_count_only_where_there_is_nothing_else() {
        let values = vec![None, None, Some("x".to_owned())];
        assert_eq!(majority(values), Some(Some("x".to_owned())));
        assert_eq!(majority(texts(&["", " ", "x"])).as_deref(), Some("x"));
        assert_eq!(majority(texts(&[" ", ""])).as_deref(), Some(" "));
        assert_eq!(majority(vec![None::<i32>, None]), Some(None));
        assert_eq!(majority(Vec::<i32>::new()), None);
    }

    #[test]
    fn a_text_of_which_normalization_leaves_nothing_stands_for_itself() {
        assert_eq!(majority(texts(&["B", "A", "A"])).as_deref(), Some("A"));
        assert_eq!(ballot("A".to_owned(), true), Some("A".into()));
    }

    #[test]
    fn values_that_are_not_a_number_do_not_count() {
        assert_eq!(majority(vec![f64::NAN, f64::NAN, 2.0]), Some(2.0));
    }

    #[test]
    fn without_normalization_texts_count_as_they_stand() {
        assert_eq!(
            ballot("The end.".to_owned(), false),
            Some("The end.".into())
        );
        assert_eq!(ballot("The end.".to_owned(), true), Some("end".into()));
    }
}
