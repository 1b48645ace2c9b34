//! `SIMBA`, by what it promises.

mod adviser;
mod edges;
mod search;

use std::sync::{Arc, Mutex};

use dashoptimize::engine::{Event, Observer, Run};
use dashoptimize::evaluate::{OptimizerMetric, Splits};
use dashoptimize::module::LLMNode;
use dashoptimize::optimizer::simba::SIMBAStep;
use dashoptimize::optimizer::{OptimizeError, Optimized, SIMBA};

use crate::support::coach::Coach;
use crate::support::quiz::{Quiz, is_right, node, splits};

type Node = LLMNode<Quiz>;
type Simba = SIMBA<OptimizerMetric<'static, Quiz, Quiz>>;

fn simba() -> Simba {
    SIMBA::new(is_right as fn(&Quiz, &Quiz) -> bool)
}

/// A short search with the defaults of the original.
fn short() -> Simba {
    simba().original().num_candidates(3).bsize(10).max_steps(3)
}

async fn optimize(
    optimizer: &Simba,
    lm: &Coach,
    data: &Splits<Quiz>,
    run: &Run,
) -> Result<Optimized<Node>, OptimizeError> {
    optimizer.optimize(&node(lm.clone()), data, run).await
}

async fn tuned(optimizer: &Simba, lm: &Coach) -> Optimized<Node> {
    let run = Run::in_memory().seed(1);
    let ended = optimize(optimizer, lm, &splits(30, 40, 0), &run).await;
    ended.expect("the run ends")
}

fn instructions(tuned: &Optimized<Node>) -> &str {
    let instructions = tuned.tuned.predictors["quiz"].instructions.as_deref();
    instructions.unwrap_or_default()
}

fn demos(tuned: &Optimized<Node>) -> usize {
    tuned.tuned.predictors["quiz"].demos.len()
}

/// The steps that a run tells of.
#[derive(Clone, Debug, Default)]
struct Steps(Arc<Mutex<Vec<SIMBAStep>>>);

impl Observer for Steps {
    fn on_event(&self, event: &Event) {
        if let Event::FromSearch(event) = event {
            let step = event.downcast_ref::<SIMBAStep>();
            self.0.lock().unwrap().extend(step);
        }
    }
}
