//! The search: which predictors are improved when, and what is kept.

use serde_json::{Value, json};

use super::news::GraphNews;
use super::optimizer::GraphOptimizer;
use super::strategy::OptimizationStrategy;
use super::worth::settle;
use crate::engine::{Candidate, Search, Stop, Study};
use crate::evaluate::Example;
use crate::lm::Lm;
use crate::module::Module;

impl<M, E, X, I> Search<M, E> for GraphOptimizer<X, I>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
    I: Search<M, E>,
{
    fn name(&self) -> &'static str {
        "GraphOptimizer"
    }

    fn settings(&self) -> Value {
        json!({
            "strategy": self.strategy,
            "inner": { "optimizer": self.inner.name(), "settings": self.inner.settings() },
            "frozen": self.frozen,
            "ablation": self.ablation,
        })
    }

    fn models(&self) -> Vec<Lm> {
        self.inner.models()
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        if self.strategy == (OptimizationStrategy::Alternating { passes: 0 }) {
            return Err(Stop::Unusable(
                "`GraphOptimizer` is to alternate in 0 passes; give it 1 or more".to_owned(),
            ));
        }
        let paths = self.tuned_paths(study)?;
        let mut best = study.base().clone();
        match self.strategy {
            OptimizationStrategy::Joint => best = self.tune(study, &best, &paths).await?,
            OptimizationStrategy::Sequential => best = self.pass(study, best, &paths).await?,
            OptimizationStrategy::Alternating { passes } => {
                for pass in 1..=passes {
                    let next = self.pass(study, best.clone(), &paths).await?;
                    if next.id() == best.id() {
                        study.tell(GraphNews::NoGain { pass });
                        break;
                    }
                    best = next;
                }
            }
        }
        match self.ablation {
            true => settle(study, best).await,
            false => Ok(best),
        }
    }
}

impl<X, I> GraphOptimizer<X, I> {
    /// The predictors to improve, in the order of their execution.
    fn tuned_paths<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
    ) -> Result<Vec<String>, Stop> {
        let predictors = study.student().predictors().into_iter();
        let paths: Vec<_> = predictors
            .map(|predictor| predictor.path().to_owned())
            .collect();
        if let Some(unknown) = self.frozen.iter().find(|path| !paths.contains(path)) {
            return Err(Stop::Unusable(format!(
                "`GraphOptimizer` is to freeze `{unknown}`, and the predictors of the program are {}",
                paths.join(", ")
            )));
        }
        let tuned = paths
            .into_iter()
            .filter(|path| !self.frozen.contains(path) && study.may_change(path));
        let tuned: Vec<_> = tuned.collect();
        match tuned.is_empty() {
            true => Err(Stop::Unusable(
                "`GraphOptimizer` has no predictor to improve, because all of them are frozen"
                    .to_owned(),
            )),
            false => Ok(tuned),
        }
    }

    /// One predictor after the other, each on top of what was found for those before it.
    async fn pass<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        mut best: Candidate<M>,
        paths: &[String],
    ) -> Result<Candidate<M>, Stop>
    where
        X: Send + Sync,
        I: Search<M, E>,
    {
        for path in paths {
            best = self.tune(study, &best, std::slice::from_ref(path)).await?;
        }
        Ok(best)
    }

    /// The best program after a search that changes these predictors: the one before it, unless another one is
    /// better as a whole.
    async fn tune<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        best: &Candidate<M>,
        paths: &[String],
    ) -> Result<Candidate<M>, Stop>
    where
        X: Send + Sync,
        I: Search<M, E>,
    {
        let stage = study.stage_of(self.inner.name(), best, paths);
        let found = self.inner.search(&stage).await?;
        study.evaluate(&found).await?;
        let next = study.best().unwrap_or(found);
        if next.id() == best.id() {
            let paths = paths.to_vec();
            study.tell(GraphNews::TakenBack { paths });
        }
        Ok(next)
    }
}
