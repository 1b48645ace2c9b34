//! `GEPA`.

mod failures;
mod identity;
mod limits;
mod programs;
mod pupil;
mod search;
mod shown;

use std::sync::{Arc, Mutex};

use dashoptimize::engine::{Event, Observer, Run};
use dashoptimize::lm::{Lm, Scripted};
use dashoptimize::module::{LLMNode, ModuleExt};
use dashoptimize::optimizer::{GEPA, GepaNews, NoMetric, OptimizeError, Optimized, Stage};
use dashoptimize::prelude::*;

use self::pupil::{judge, pupil, teacher};
use crate::support::quiz::{Quiz, node, splits};

type Node = LLMNode<Quiz>;

/// The settings of a short search of its own.
pub(crate) type Set = fn(
    GEPA<dashoptimize::evaluate::OptimizerMetric<'static, Quiz, Quiz>>,
) -> GEPA<dashoptimize::evaluate::OptimizerMetric<'static, Quiz, Quiz>>;

/// A search over four kinds of rows: 12 to learn from, 8 to choose by, none held out.
async fn search(set: Set, run: Run) -> Result<Optimized<Node>, OptimizeError> {
    search_with(pupil(4), teacher(), set, run).await
}

async fn search_with(
    pupil: impl Into<Lm>,
    teacher: Scripted,
    set: Set,
    run: Run,
) -> Result<Optimized<Node>, OptimizeError> {
    let program = node_of(pupil);
    let optimizer = set(GEPA::new(judge(4))
        .proposer(Lm::new(teacher))
        .max_metric_calls(400));
    optimizer.optimize(&program, &splits(12, 8, 0), &run).await
}

fn node_of(lm: impl Into<Lm>) -> Node {
    node(Scripted::replies(["unused"])).lm(lm)
}

fn instructions(tuned: &Optimized<Node>) -> String {
    let state = &tuned.tuned.predictors["quiz"];
    state.instructions.clone().unwrap_or_default()
}

/// Keeps what a search tells.
#[derive(Clone, Debug, Default)]
struct News(Arc<Mutex<Vec<Event>>>);

impl Observer for News {
    fn on_event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl News {
    fn of_search(&self) -> Vec<GepaNews> {
        let events = self.0.lock().unwrap();
        let news = events.iter().filter_map(|event| match event {
            Event::FromSearch(event) => event.downcast_ref::<GepaNews>().cloned(),
            _ => None,
        });
        news.collect()
    }

    fn rejections(&self) -> Vec<&'static str> {
        let events = self.0.lock().unwrap();
        let rules = events.iter().filter_map(|event| match event {
            Event::ProposalRejected { rejection, .. } => Some(rejection.rule()),
            _ => None,
        });
        rules.collect()
    }

    /// Why the search ended.
    fn end(&self) -> String {
        let news = self.of_search().into_iter().rev();
        let mut ends = news.filter_map(|news| match news {
            GepaNews::Ended { reason, .. } => Some(reason),
            _ => None,
        });
        ends.next().expect("the search ended")
    }
}

/// The default settings, without a metric.
fn stage() -> GEPA<NoMetric> {
    GEPA::stage()
}
