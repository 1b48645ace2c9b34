//! `RandomSearch`: demos chosen in several ways, of which the best on the validation part wins.

use serde::Serialize;
use serde_json::{Value, json};

use super::bootstrap::{Bootstrap, bootstrap_setters};
use super::bootstrap_few_shot::teacher;
use super::labeled_few_shot::{SamplingStrategy, labeled};
use super::stage::{NoMetric, takes_metric};
use crate::engine::{Candidate, Forecast, Raced, Search, Sizes, Stop, Study};
use crate::evaluate::Example;
use crate::module::{Module, ModuleExt};
use crate::state::State;

/// Tries one candidate for each seed and keeps the best on the validation part; of equally good ones
/// the earliest. The seed determines how the candidate is made:
///
/// | seed | candidate |
/// |---|---|
/// | −3 | no demos |
/// | −2 | labelled rows only |
/// | −1 | bootstrapped demos, examples in their order |
/// | ≥ 0 | bootstrapped demos, examples shuffled and a random number of demos, both by the seed |
///
/// The report lists all four kinds, so that one sees which of them is worth its cost. Candidates of the first
/// three are evaluated in full. One of a seed from 0 on [races](Study::race) against the best so far: if it is
/// shown to be worse, it stops and is listed without a score, which saves the rest of its calls. The best of
/// all candidates is stopped with a probability of at most 5 %. With
/// [`Racing::off`](crate::engine::Racing::off) all candidates are evaluated in full.
///
/// Use it as a baseline
/// to compare other optimizers with, for an ablation of what demos do for a program, and as a cheap check
/// before an optimizer that costs more.
///
/// Source: DSPy's `BootstrapFewShotWithRandomSearch`. Unlike there, an error in one candidate loses
/// none of the others, and the validation part is never the training part.
#[derive(Clone, Debug, Serialize)]
pub struct RandomSearch<X = NoMetric> {
    #[serde(skip)]
    metric: X,
    seeds: Vec<i64>,
    target_score: Option<f64>,
    #[serde(flatten)]
    bootstrap: Bootstrap,
}

impl<X> RandomSearch<X> {
    fn with(metric: X) -> Self {
        Self {
            metric,
            bootstrap: Bootstrap::DEFAULT,
            seeds: (-3..16).collect(),
            target_score: None,
        }
    }

    /// Sets the candidates to try, in this order. Default −3 to 15. A seed below −3 counts as −3.
    #[must_use]
    pub fn seeds(mut self, seeds: impl IntoIterator<Item = i64>) -> Self {
        self.seeds = seeds.into_iter().collect();
        self
    }

    /// Sets how many candidates with seeds from 0 on are tried, in addition to the three with negative
    /// seeds. Default 16.
    #[must_use]
    pub fn num_candidate_programs(self, candidates: u32) -> Self {
        self.seeds(-3..i64::from(candidates))
    }

    /// Sets a score on the validation part that ends the search when it is reached. Not set by default.
    #[must_use]
    pub const fn target_score(mut self, score: f64) -> Self {
        self.target_score = Some(score);
        self
    }
}

bootstrap_setters!(RandomSearch);

takes_metric!(RandomSearch: "seeds −3 to 15, up to 4 bootstrapped and 16 demos in all.");

impl<M, E, X> Search<M, E> for RandomSearch<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "RandomSearch"
    }

    fn settings(&self) -> Value {
        json!(self)
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        // All seeds share a teacher, so that no row is tried for two of them.
        let runs = self.bootstrap.most_runs(sizes.train);
        let forecast = Forecast::runs(runs, self.seeds.len() as u64 * sizes.val);
        forecast.with_demos(self.bootstrap.most_demos())
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        self.bootstrap.check()?;
        let teacher = teacher(study, self.bootstrap.max_labeled_demos)?;
        let mut best: Option<(Candidate<M>, Option<f64>)> = None;
        for seed in &self.seeds {
            let candidate = self.candidate(study, &teacher, *seed).await?;
            let rival = best.as_ref().filter(|_| *seed >= 0).map(|(best, _)| best);
            let score = score(study, &candidate, rival).await?;
            if best.as_ref().is_none_or(|(_, before)| score > *before) {
                best = Some((candidate, score));
            }
            if self.target_score.is_some() && score >= self.target_score {
                break;
            }
        }
        best.map(|(candidate, _)| candidate)
            .ok_or_else(|| Stop::Unusable("`RandomSearch` was given no seeds".to_owned()))
    }
}

impl<X: Sync> RandomSearch<X> {
    async fn candidate<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        teacher: &Candidate<M>,
        seed: i64,
    ) -> Result<Candidate<M>, Stop> {
        match seed {
            ..=-3 => study.candidate("seed -3: no demos", &without_demos(study)),
            -2 => {
                let strategy = SamplingStrategy::Random { seed: None };
                let max_demos = self.bootstrap.max_labeled_demos;
                let state = labeled(study, &study.student().state(), max_demos, strategy);
                study.candidate(
                    format!("seed -2: labelled demos, up to {max_demos}"),
                    &state,
                )
            }
            -1 => {
                let order: Vec<usize> = (0..study.train().len()).collect();
                let bootstrapped = self.bootstrap.run(study, teacher, &order, "seed -1");
                let origin = "seed -1: bootstrapped demos, rows in order";
                bootstrapped.await?.candidate(study, origin)
            }
            0.. => self.shuffled(study, teacher, seed).await,
        }
    }

    async fn shuffled<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        teacher: &Candidate<M>,
        seed: i64,
    ) -> Result<Candidate<M>, Stop> {
        let name = format!("seed {seed}");
        let mut rng = study.rng(&format!("random search {name}"));
        let mut order: Vec<usize> = (0..study.train().len()).collect();
        rng.shuffle(&mut order);
        let most = self.bootstrap.max_bootstrapped_demos;
        let demos = most.min(1 + rng.below(most));
        let bootstrap = Bootstrap {
            max_bootstrapped_demos: demos,
            ..self.bootstrap
        };
        let bootstrapped = bootstrap.run(study, teacher, &order, &name).await?;
        let origin = format!("{name}: up to {demos} bootstrapped demos, rows shuffled");
        bootstrapped.candidate(study, origin)
    }
}

/// The score of a candidate on the validation part; `None` if it was shown to be worse than its rival before the
/// last row.
async fn score<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    candidate: &Candidate<M>,
    rival: Option<&Candidate<M>>,
) -> Result<Option<f64>, Stop> {
    let racers: Vec<_> = rival.into_iter().chain([candidate]).cloned().collect();
    let race = study.race(&racers).await?;
    Ok(race.raced.last().and_then(Raced::score_at_worst))
}

fn without_demos<M: Module, E: Example<M::Input>>(study: &Study<'_, M, E>) -> State {
    let mut state = study.student().state();
    for predictor in study.student().predictors() {
        predictor.set_demos_in(&mut state, Vec::new());
    }
    state
}
