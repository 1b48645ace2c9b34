//! Programs whose ending on each row is written down: candidate `k` is told so in its instructions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use dashoptimize::engine::{Candidate, Run, Stop, Study};
use dashoptimize::evaluate::{Example, Metric, MetricError, ScoreRange};
use dashoptimize::lm::{ChatReply, ChatRequest, LmError, LmErrorKind, Retry, Scripted};
use dashoptimize::module::{LLMNode, Module, ModuleExt};
use dashoptimize::optimizer::{OptimizeError, Optimized, Optimizer, Search};
use serde_json::{Value, json};

use crate::support::quiz::{Quiz, node, splits};

/// How a program ends on a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Right,
    HalfRight,
    Wrong,
    Unreadable,
    TooLong,
    MetricErrs,
    MetricPanics,
    /// The provider fails whenever it is asked.
    Fails(LmErrorKind),
    /// The provider fails the first time and is right the second time.
    RightSecond(LmErrorKind),
}

use Ending::{Fails, Right, Wrong};

impl Ending {
    /// The share of the metric's range that the program reached for certain.
    pub(super) const fn at_worst(self) -> f64 {
        match self {
            Right | Self::RightSecond(_) => 1.0,
            Self::HalfRight => 0.5,
            Wrong
            | Self::Unreadable
            | Self::TooLong
            | Self::MetricErrs
            | Self::MetricPanics
            | Fails(_) => 0.0,
        }
    }

    pub(super) const fn is_known(self) -> bool {
        !matches!(self, Fails(_))
    }
}

/// `n` rows with this ending.
pub(super) fn rows(n: usize, ending: Ending) -> Vec<Ending> {
    vec![ending; n]
}

/// The endings of each candidate on the validation rows and then the hold-out rows. Number 0 is the program as
/// given.
pub(super) type Endings = Vec<Vec<Ending>>;

const TRAIN: usize = 2;

/// A model that makes the programs end as written.
pub(super) fn model(endings: &Endings) -> Scripted {
    let endings = endings.clone();
    let asked: Arc<Mutex<HashMap<(usize, usize), usize>>> = Arc::default();
    Scripted::new(move |request: &ChatRequest| {
        let instructions = request.prefix.messages()[0].text().to_owned();
        let candidate = number_after(&instructions, "candidate ").unwrap_or(0);
        let row = number_after(request.turns[0].text(), "number ").expect("a row") - TRAIN;
        let mut asked = asked.lock().expect("no panic");
        let times = asked.entry((candidate, row)).or_default();
        *times += 1;
        reply(endings[candidate][row], *times)
    })
}

fn reply(ending: Ending, times: usize) -> Result<ChatReply, LmError> {
    let answer = match ending {
        Ending::Fails(kind) => return Err(LmError::new(kind, "not today")),
        Ending::RightSecond(kind) if times == 1 => return Err(LmError::new(kind, "not yet")),
        Ending::TooLong => return Err(LmError::new(LmErrorKind::ContextTooLong, "too long")),
        Ending::Unreadable => return Ok(ChatReply::new("")),
        Ending::Right | Ending::RightSecond(_) => "right",
        Ending::HalfRight => "half",
        Ending::Wrong => "wrong",
        Ending::MetricErrs => "errs",
        Ending::MetricPanics => "panics",
    };
    Ok(ChatReply::new(format!("[[ ## answer ## ]]\n{answer}")))
}

fn number_after(text: &str, word: &str) -> Option<usize> {
    let rest = text.split(word).nth(1)?;
    let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// Judges by the share of the range that the answer names.
pub(super) fn metric(range: ScoreRange) -> impl Metric<Quiz, Quiz> + Clone + 'static {
    let judge = move |_: &Quiz, found: &Quiz| match found.answer.as_str() {
        "right" => Ok(range.best()),
        "half" => Ok(range.worst() + range.width() / 2.0),
        "errs" => Err(MetricError::new("I would say: unknown")),
        "panics" => panic!("cannot parse"),
        _ => Ok(range.worst()),
    };
    judge.with_range(range)
}

/// Tries all candidates.
pub(super) struct TryAll<X> {
    pub(super) metric: X,
    pub(super) candidates: usize,
    /// The candidate that it returns; by default the best of the run.
    pub(super) returns: Option<usize>,
}

impl<M, E, X> Search<M, E> for TryAll<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "TryAll"
    }

    fn settings(&self) -> Value {
        json!({ "candidates": self.candidates })
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        let states = (1..=self.candidates).map(|number| {
            let mut state = study.student().state();
            for predictor in state.predictors.values_mut() {
                predictor.instructions = Some(format!("This is candidate {number}."));
            }
            (format!("candidate {number}"), state)
        });
        let candidates = study.candidates(&states.collect::<Vec<_>>())?;
        study.evaluate_all(&candidates).await?;
        Ok(match self.returns {
            Some(number) => candidates[number - 1].clone(),
            None => study.best().expect("candidates were evaluated"),
        })
    }
}

impl<M, E, X> Optimizer<M, E> for TryAll<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Metric<E, M::Output>,
{
    fn metric(&self) -> &dyn Metric<E, M::Output> {
        &self.metric
    }
}

/// A run that tolerates failures and does not retry calls.
pub(super) fn tolerant() -> Run {
    Run::in_memory().retry(Retry::none()).max_errors(1_000)
}

/// Runs all candidates on so many validation rows; the other rows are the hold-out.
pub(super) async fn try_all(
    endings: &Endings,
    val: usize,
    range: ScoreRange,
    run: &Run,
) -> Result<Optimized<LLMNode<Quiz>>, OptimizeError> {
    try_and_return(None, endings, val, range, run).await
}

/// As [`try_all`], but the search returns this candidate.
pub(super) async fn try_and_return(
    returns: Option<usize>,
    endings: &Endings,
    val: usize,
    range: ScoreRange,
    run: &Run,
) -> Result<Optimized<LLMNode<Quiz>>, OptimizeError> {
    let holdout = endings[0].len() - val;
    let optimizer = TryAll {
        metric: metric(range),
        candidates: endings.len() - 1,
        returns,
    };
    let data = splits(TRAIN, val, holdout);
    optimizer.optimize(&node(model(endings)), &data, run).await
}

/// The number of the candidate that the search chose.
pub(super) fn chosen(tuned: &Optimized<LLMNode<Quiz>>) -> usize {
    number_after(&tuned.report.chosen, "candidate ").unwrap_or(0)
}
