//! What an optimizer and an evaluation take as a metric.

#![deny(warnings)]

use std::collections::BTreeSet;
use std::sync::Arc;

use dashoptimize::call::Context;
use dashoptimize::evaluate::{Metric, MetricError, MetricFn, ScoreRange};
use dashoptimize::optimizer::DynOptimizer;
use dashoptimize::prelude::*;

/// Answer.
#[signature]
#[derive(Clone)]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

module!(
    type Answer = Predict<Ask>;
);

fn is_right(gold: &Ask, said: &AskOutput) -> bool {
    gold.answer == said.answer
}

/// For any rows and predictions.
struct Always;

impl<E: Sync, O: Sync> Metric<E, O> for Always {
    fn score<'a>(
        &'a self,
        _: &'a E,
        _: &'a O,
        _: &'a Context<'a>,
    ) -> dashoptimize::lm::BoxFuture<'a, Result<Score, MetricError>> {
        Box::pin(std::future::ready(Score::new(1.0)))
    }
}

async fn judge(gold: &Ask, said: &AskOutput) -> bool {
    is_right(gold, said)
}

#[allow(dead_code)]
async fn all(program: Answer, data: Splits<Ask>, run: Run) -> Result<(), Box<dyn std::error::Error>> {
    let known = BTreeSet::from(["a"]);
    let borrowing = |gold: &Ask, said: &AskOutput| known.contains(&*gold.answer) && is_right(gold, said);
    BootstrapFewShot::new(&borrowing).optimize(&program, &data, &run).await?;
    run.evaluate(&program, data.val(), &borrowing).await?;

    let shared = Arc::new(|gold: &Ask, said: &AskOutput| Ok::<_, MetricError>(gold.answer == said.answer));
    LabeledFewShot::new(Arc::clone(&shared)).optimize(&program, &data, &run).await?;
    run.evaluate(&program, data.val(), &shared).await?;

    let dynamic: Arc<dyn Metric<Ask, AskOutput>> = Arc::new(is_right);
    RandomSearch::new(dynamic).optimize(&program, &data, &run).await?;
    let boxed: Box<dyn Fn(&Ask, &AskOutput) -> f64 + Send + Sync> = Box::new(|_, _| 0.5);
    RandomSearch::new(boxed).optimize(&program, &data, &run).await?;

    KNNFewShot::new(MetricFn::new(is_right)).optimize(&program, &data, &run).await?;
    KNNFewShot::new(is_right.named("is_right", 1)).optimize(&program, &data, &run).await?;
    let range = ScoreRange::new(0.0, 2.0)?;
    BootstrapFewShot::new(is_right.with_range(range)).optimize(&program, &data, &run).await?;
    BootstrapFewShot::new(Always).optimize(&program, &data, &run).await?;
    let awaited = async_metric(|gold: &Ask, said: &AskOutput, _: &Context<'_>| Box::pin(judge(gold, said)));
    BootstrapFewShot::new(awaited).optimize(&program, &data, &run).await?;

    BetterTogether::new(Arc::new(is_right))
        .then(LabeledFewShot::stage())
        .optimize(&program, &data, &run)
        .await?;
    let tune: Box<dyn DynOptimizer<Answer, Ask>> = Box::new(LabeledFewShot::new(is_right));
    drop(tune);
    Ok(())
}

fn main() {}
