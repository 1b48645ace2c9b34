//! `KNNFewShot`: each call is shown the demos nearest to its inputs.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use serde::Serialize;
use serde_json::{Value, json};

use super::bootstrap::{Bootstrap, Passed, attempt_setters, demos_of};
use super::labelled_rows::labelled_rows;
use super::stage::{NoMetric, Stage, takes_metric};
use super::training_runs::TrainingRunsPassed;
use crate::engine::{
    Candidate, DemoSource, Forecast, Optimizer, Search, Sizes, Sources, Stop, Study,
};
use crate::evaluate::{Example, Metric};
use crate::module::{Embeds, Module, ModuleExt, Predictor};
use crate::state::{Demo, Nearest};

/// Makes the training rows a pool of demos, of which each call is shown the `k` that are most
/// similar to its inputs.
///
/// At first the pool consists of the labelled rows as they are. Then the program is run on each
/// training example, shown the rows nearest to the example but never the example itself. A run that
/// passes the metric replaces its row in the pool, with everything that the steps of the program
/// produced, such as `reasoning`. Of the two pools, the one that does better on the validation part is
/// the result. Rows of the other parts are in neither.
///
/// Rows are compared by their words, or with [`embedded`](Self::embedded) by their meaning. For that
/// the program must have an embedder, which the compiler checks.
///
/// This optimizer is for inputs that differ so much that no small set of demos suits all of them. In a
/// pipeline, a later stage that chooses demos replaces the pool and shows all of its demos, and a later
/// stage that changes only instructions keeps the pool.
///
/// It calls the program once on each training example and twice on each validation row; with
/// [`max_rounds`](Self::max_rounds) 0 the pool consists of the labelled rows, and nothing is called to
/// make it. The tuned program makes no more calls than the program as given, and the pool is part of
/// its prompt file. Calls with different inputs share only the system message, so providers that cache
/// prefixes can cache less.
///
/// ```
/// use dashoptimize::lm::{ChatRequest, Scripted};
/// use dashoptimize::module::Predict;
/// use dashoptimize::prelude::*;
///
/// /// Name the colour.
/// #[signature]
/// struct Colour {
///     #[input]
///     thing: String,
///     #[output]
///     colour: String,
/// }
///
/// fn is_right(gold: &Colour, found: &ColourOutput) -> bool {
///     gold.colour == found.colour
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let program = Predict::<Colour>::new(Scripted::new(|_: &ChatRequest| "[[ ## colour ## ]]\nred"));
/// # let row = |i| Colour { thing: format!("thing {i}"), colour: "red".to_owned() };
/// # let data = Dataset::from_vec((0..20).map(row).collect()).split(7, Ratio::new(40, 30, 30))?;
/// # let run = Run::in_memory();
/// let tuned = KNNFewShot::new(is_right).k(5).optimize(&program, &data, &run).await?;
/// # Ok(())
/// # }
/// ```
///
/// Source: DSPy's `KNNFewShot`; Liu et al. 2022, arXiv 2101.06804. In DSPy, demos are bootstrapped
/// again at every call of the tuned program, which costs up to `k` more calls each, and the choice of
/// demos is not saved with the program.
#[derive(Clone, Debug)]
pub struct KNNFewShot<X = NoMetric, B = Lexical> {
    metric: X,
    k: usize,
    bootstrap: Bootstrap,
    by: PhantomData<fn() -> B>,
}

attempt_setters!(KNNFewShot, B);

/// Rows are compared by the words that they share (BM25).
#[derive(Clone, Copy, Debug)]
pub enum Lexical {}

/// Rows are compared by the program's embedder.
#[derive(Clone, Copy, Debug)]
pub enum Embedded {}

/// A way to compare rows with inputs of a program, for [`KNNFewShot`]: [`Lexical`] for all programs,
/// [`Embedded`] for those that have an embedder.
pub trait Compare<M>: Debug + 'static {
    /// The name in the settings of a run.
    const NAME: &'static str;

    /// How each call of this program is shown the `k` nearest demos.
    fn nearest(program: &M, k: usize) -> Nearest;
}

impl<M: Module> Compare<M> for Lexical {
    const NAME: &'static str = "lexical";

    fn nearest(_: &M, k: usize) -> Nearest {
        Nearest::lexical(k)
    }
}

impl<M: Embeds> Compare<M> for Embedded {
    const NAME: &'static str = "embedder";

    fn nearest(program: &M, k: usize) -> Nearest {
        Nearest::by(program.own_embedder().id(), k)
    }
}

takes_metric!(@new KNNFewShot: "the 3 demos nearest by their words, one attempt on each training example.");
takes_metric!(@optimize KNNFewShot, B: Compare);

impl<X> KNNFewShot<X> {
    /// Compares by meaning, with the embedder of the program; see
    /// [`ModuleExt::embedder`](crate::module::ModuleExt::embedder). Default: by words.
    ///
    /// All training rows are embedded once for each pool.
    #[must_use]
    pub fn embedded(self) -> KNNFewShot<X, Embedded> {
        KNNFewShot {
            metric: self.metric,
            k: self.k,
            bootstrap: self.bootstrap,
            by: PhantomData,
        }
    }
}

impl<X, B> KNNFewShot<X, B> {
    const fn with(metric: X) -> Self {
        Self {
            metric,
            k: 3,
            bootstrap: Bootstrap::DEFAULT,
            by: PhantomData,
        }
    }

    /// Sets how many demos a call is shown, if there are as many. Default 3.
    #[must_use]
    pub const fn k(mut self, k: usize) -> Self {
        self.k = k;
        self
    }
}

impl<M, E, X, B> Optimizer<M, E> for KNNFewShot<X, B>
where
    M: Module,
    E: Example<M::Input>,
    X: Metric<E, M::Output>,
    B: Compare<M>,
{
    fn metric(&self) -> &dyn Metric<E, M::Output> {
        &self.metric
    }
}

#[diagnostic::do_not_recommend]
impl<B> Stage for KNNFewShot<NoMetric, B> {
    type Own = Self;

    fn stage() -> Self {
        Self::with(NoMetric)
    }
}

impl<M, E, X, B> Search<M, E> for KNNFewShot<X, B>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
    B: Compare<M>,
{
    fn name(&self) -> &'static str {
        "KNNFewShot"
    }

    fn settings(&self) -> Value {
        json!(Settings {
            by: B::NAME,
            k: self.k,
            max_rounds: self.bootstrap.max_rounds,
            metric_threshold: self.bootstrap.metric_threshold,
        })
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        let runs = u64::from(self.bootstrap.max_rounds) * sizes.train;
        Forecast::runs(runs, 2 * sizes.val).with_demos(self.k as u64)
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        self.bootstrap.check()?;
        let nearest = B::nearest(study.student(), self.k);
        let pools = DemoPools::labeled(study);
        let labeled = pools.candidate(study, &nearest, "the nearest labelled rows")?;
        if self.bootstrap.max_rounds == 0 {
            return Ok(labeled);
        }
        let before = study.evaluate(&labeled).await?.measured;
        let examples: Vec<usize> = (0..study.train().len()).collect();
        let passed = self.bootstrap.attempt(study, &labeled, &examples).await?;
        study.tell(TrainingRunsPassed {
            passed: passed.len(),
            of: examples.len(),
        });
        let pools = pools.with_runs(study, passed);
        let bootstrapped = pools.candidate(study, &nearest, "the nearest bootstrapped demos")?;
        let after = study.evaluate(&bootstrapped).await?.measured;
        Ok(if after.score_at_worst() > before.score_at_worst() {
            bootstrapped
        } else {
            labeled
        })
    }
}

/// The settings as a run folder holds them.
#[derive(Serialize)]
struct Settings {
    by: &'static str,
    k: usize,
    max_rounds: u32,
    metric_threshold: f64,
}

/// The demos of each predictor by training example, by path of the predictor.
struct DemoPools(BTreeMap<String, BTreeMap<usize, (DemoSource, Demo)>>);

impl DemoPools {
    /// The labelled rows that make a demo of a predictor.
    fn labeled<M: Module, E: Example<M::Input>>(study: &Study<'_, M, E>) -> Self {
        let predictors = study.student().predictors().into_iter();
        let pool = |predictor: &Predictor| {
            let rows = labelled_rows(study, predictor).into_iter();
            let pool = rows.map(|(row, demo)| (row, (DemoSource::labelled(row), demo)));
            (predictor.path().to_owned(), pool.collect())
        };
        Self(predictors.map(pool).collect())
    }

    /// The pools in which the demos of these runs replace those of their rows.
    fn with_runs<M: Module, E: Example<M::Input>>(
        mut self,
        study: &Study<'_, M, E>,
        passed: Vec<Passed>,
    ) -> Self {
        let mut rng = study.rng("knn few-shot");
        for (example, trace) in passed {
            let made: BTreeMap<String, Demo> = demos_of(&trace, &mut rng).into_iter().collect();
            for predictor in study.student().predictors() {
                // A value that JSON cannot represent makes no demo.
                let demo = made.get(predictor.path());
                let demo = demo.filter(|demo| demo.check(predictor.spec()).is_ok());
                if let (Some(demo), Some(pool)) = (demo, self.0.get_mut(predictor.path())) {
                    pool.insert(example, (DemoSource::bootstrapped(example), demo.clone()));
                }
            }
        }
        self
    }

    fn candidate<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        nearest: &Nearest,
        origin: &str,
    ) -> Result<Candidate<M>, Stop> {
        let mut state = study.student().state();
        let mut sources = Sources::new();
        for predictor in study.student().predictors() {
            let path = predictor.path();
            let Some(pool) = self.0.get(path) else {
                continue;
            };
            let (made_of, demos) = pool.values().cloned().unzip();
            predictor.set_demos_in(&mut state, demos);
            if let Some(state) = state.predictors.get_mut(path)
                && !pool.is_empty()
            {
                state.nearest = Some(nearest.clone());
            }
            sources.insert(path.to_owned(), made_of);
        }
        Ok(study.candidate(origin, &state)?.with_sources(sources))
    }
}
