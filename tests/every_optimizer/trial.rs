//! A short run of an optimizer on a kind of program.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dashoptimize::engine::{Install, Run};
use dashoptimize::evaluate::{Example, MetricFn, Score, Splits};
use dashoptimize::lm::{Lm, Retry};
use dashoptimize::module::{Module, ModuleExt};
use dashoptimize::optimizer::{DynOptimizer, OptimizeError, Optimized, Optimizer};
use serde_json::{Map, Value};

use super::list::short;
use super::model::{Calls, Disturbance, PROPOSER};
use super::programs::{Subject, splits};

/// How often a call is tried.
pub(crate) const ATTEMPTS: u64 = 3;

/// A run, by the name of its optimizer.
pub(crate) struct Trial<S: Subject> {
    name: &'static str,
    pub(crate) rows: [usize; 3],
    pub(crate) calls: Calls,
    /// At this judgement, the metric panics.
    pub(crate) panics_at: Option<u64>,
    pub(crate) make: Make<S>,
    subject: PhantomData<S>,
}

type Program<S> = <S as Subject>::Program;
type Judge<S> = MetricFn<<S as Subject>::Row, <Program<S> as Module>::Output>;
type Make<S> = fn(&str, Judge<S>, Lm) -> Box<dyn DynOptimizer<Program<S>, <S as Subject>::Row>>;

impl<S: Subject> Trial<S> {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            rows: [4, 3, 2],
            calls: Calls::default(),
            panics_at: None,
            make: short,
            subject: PhantomData,
        }
    }

    pub(crate) fn disturbed_at(name: &'static str, call: u64, disturbance: Disturbance) -> Self {
        let mut trial = Self::new(name);
        trial.calls.disturbed = Some((call, disturbance));
        trial
    }

    pub(crate) fn splits(&self) -> Splits<S::Row> {
        splits::<S>(self.rows).expect("all rows are different")
    }

    pub(crate) fn metric(&self) -> Judge<S> {
        let (at, judged) = (self.panics_at, Arc::new(AtomicU64::new(0)));
        MetricFn::new(
            move |gold: &S::Row, said: &<Program<S> as Module>::Output| {
                let is_now = at == Some(judged.fetch_add(1, Ordering::SeqCst));
                assert!(!is_now, "the metric has a mistake");
                match S::is_right(gold, said) {
                    true => Score::new(1.0),
                    false => {
                        Ok(Score::new(0.0)?.with_feedback("It is the word of another number."))
                    }
                }
            },
        )
    }

    /// Neither the program as given nor the rows are changed, however it ends.
    pub(crate) async fn run(&self, run: Run) -> Result<Optimized<S::Program>, OptimizeError> {
        let optimizer = (self.make)(self.name, self.metric(), self.calls.model(PROPOSER));
        let retry = Retry::DEFAULT.with_attempts(ATTEMPTS as u32 - 1);
        let retry = retry.with_waits(Duration::ZERO, Duration::ZERO);
        let run = run.install(Install::Always).retry(retry);
        let (program, data) = (S::program(self.calls.model("task")), self.splits());
        let before = (program.state(), contents::<S>(&data));
        let ended = optimizer.optimize(&program, &data, &run).await;
        let after = (program.state(), contents::<S>(&data));
        assert!(
            before == after,
            "{}: the student or the data changed",
            self.name
        );
        ended
    }
}

/// The run of which most is asked.
pub(crate) fn seeded(run: Run) -> Run {
    run.seed(1)
}

/// All rows.
fn contents<S: Subject>(data: &Splits<S::Row>) -> Vec<Map<String, Value>> {
    let rows = data.train().iter().chain(data.val().iter());
    rows.map(Example::fields).collect()
}
