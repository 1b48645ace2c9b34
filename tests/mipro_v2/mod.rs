//! `MIPROv2`, by what it promises.

mod edges;
mod failures;
mod programs;
mod proposer;
mod search;

use std::sync::{Arc, Mutex};

use dashoptimize::engine::{Event, Observer, Run};
use dashoptimize::evaluate::{OptimizerMetric, Splits};
use dashoptimize::module::LLMNode;
use dashoptimize::optimizer::mipro_v2::MIPROv2Trial;
use dashoptimize::optimizer::{MIPROv2, OptimizeError, Optimized};

use crate::support::coach::Coach;
use crate::support::quiz::{Quiz, is_right, node, splits};

type Node = LLMNode<Quiz>;
type Mipro = MIPROv2<OptimizerMetric<'static, Quiz, Quiz>>;

fn mipro() -> Mipro {
    MIPROv2::new(is_right as fn(&Quiz, &Quiz) -> bool)
}

/// Three instructions besides its own, no demos.
fn zero_shot() -> Mipro {
    mipro().max_bootstrapped_demos(0).max_labeled_demos(0)
}

async fn optimize(
    optimizer: &Mipro,
    lm: &Coach,
    data: &Splits<Quiz>,
    run: &Run,
) -> Result<Optimized<Node>, OptimizeError> {
    optimizer.optimize(&node(lm.clone()), data, run).await
}

async fn tuned(optimizer: &Mipro, lm: &Coach) -> Optimized<Node> {
    let run = Run::in_memory().seed(1);
    let ended = optimize(optimizer, lm, &splits(30, 40, 0), &run).await;
    ended.expect("the run ends")
}

fn instructions(tuned: &Optimized<Node>) -> Option<&str> {
    tuned.tuned.predictors["quiz"].instructions.as_deref()
}

/// What a run tells of its trials: how many rows each had.
#[derive(Clone, Debug, Default)]
struct Trials(Arc<Mutex<Vec<usize>>>);

impl Observer for Trials {
    fn on_event(&self, event: &Event) {
        let rows = match event {
            Event::FromSearch(event) => event.downcast_ref().map(|t: &MIPROv2Trial| t.measured.n()),
            Event::EvaluationStarted { rows, .. } => Some(*rows),
            _ => None,
        };
        self.0.lock().unwrap().extend(rows);
    }
}
