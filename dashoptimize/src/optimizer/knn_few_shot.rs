//! `KNNFewShot`: each call is shown the demos nearest to its inputs.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use serde_json::{Map, Value, json};

use super::bootstrap::{Bootstrap, Passed, RETRY_TEMPERATURE, demos_of};
use super::{NoMetric, Optimizer, Search, Stage};
use crate::engine::{Candidate, Job, Sources, Stop, Study};
use crate::evaluate::{Example, Metric};
use crate::module::{Embeds, Module, ModuleExt, Predictor};
use crate::signature::SignatureSpec;
use crate::state::{Demo, Nearest};

/// Makes the training rows a pool of demos, of which each call is shown the `k` that are most
/// similar to its inputs.
///
/// At first the pool is made of the labelled rows as they are. Then the program, shown the rows
/// nearest to each training example but never the example itself, is run on all of them: a run that
/// passes the metric takes the place of its row, with all that the program's steps made on the way,
/// such as `reasoning`. Of the two pools, the one that does better on the validation part is the
/// result. Rows of the other parts are in neither.
///
/// Rows are compared by their words, or with [`embedded`](Self::embedded) by their meaning; then the
/// program must have an embedder, which the compiler checks.
///
/// It is for inputs that differ so much that no few demos serve all of them. As a stage of a pipeline: a
/// later stage that chooses demos puts them in the place of the pool, and shows all of them; one that
/// changes instructions alone keeps the pool.
///
/// It calls the program once on each training example and twice on each validation row. The tuned
/// program makes no more calls than the one given, and the pool is part of its prompt file. Calls of
/// different inputs share the system message only, so providers that keep prefixes keep less.
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
/// Source: DSPy's `KNNFewShot`; Liu et al. 2022, arXiv 2101.06804. There demos are bootstrapped anew
/// at every call of the tuned program, which costs up to `k` more calls each, and the choice of
/// demos is not saved with it.
#[derive(Clone, Debug)]
pub struct KNNFewShot<X = NoMetric, B = Lexical> {
    metric: X,
    k: usize,
    max_rounds: u32,
    metric_threshold: f64,
    by: PhantomData<fn() -> B>,
}

/// Rows are compared by the words that they share (BM25).
#[derive(Clone, Copy, Debug)]
pub enum Lexical {}

/// Rows are compared by the program's embedder.
#[derive(Clone, Copy, Debug)]
pub enum Embedded {}

/// A way to compare rows with inputs of a program, for [`KNNFewShot`]: [`Lexical`] for all programs,
/// [`Embedded`] for those that have an embedder.
pub trait Compare<M>: Debug + 'static {
    /// Name in the settings of a run.
    const NAME: &'static str;

    /// Shows each call of this program the `k` nearest demos.
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

impl<X> KNNFewShot<X> {
    /// The 3 demos nearest by their words, one attempt on each training example.
    pub const fn new(metric: X) -> Self {
        Self::comparing(metric)
    }

    /// Compares by meaning, with the embedder of the program; see
    /// [`ModuleExt::embedder`](crate::module::ModuleExt::embedder). Default: by words.
    ///
    /// All training rows are embedded once for each pool.
    #[must_use]
    pub fn embedded(self) -> KNNFewShot<X, Embedded> {
        KNNFewShot {
            metric: self.metric,
            k: self.k,
            max_rounds: self.max_rounds,
            metric_threshold: self.metric_threshold,
            by: PhantomData,
        }
    }
}

impl<X, B> KNNFewShot<X, B> {
    const fn comparing(metric: X) -> Self {
        Self {
            metric,
            k: 3,
            max_rounds: Bootstrap::DEFAULT.max_rounds,
            metric_threshold: Bootstrap::DEFAULT.metric_threshold,
            by: PhantomData,
        }
    }

    /// Sets how many demos a call is shown, where there are as many. Default 3.
    #[must_use]
    pub const fn k(mut self, k: usize) -> Self {
        self.k = k;
        self
    }

    /// Sets how often a training example is tried; from the second time on at temperature 1.
    /// Default 1; with 0 the pool is made of labelled rows alone, and nothing is called to make it.
    #[must_use]
    pub const fn max_rounds(mut self, rounds: u32) -> Self {
        self.max_rounds = rounds;
        self
    }

    /// Sets the score from which a run passes. Default 1.0.
    #[must_use]
    pub const fn metric_threshold(mut self, threshold: f64) -> Self {
        self.metric_threshold = threshold;
        self
    }

    fn bootstrap(&self) -> Bootstrap {
        Bootstrap {
            max_rounds: self.max_rounds,
            metric_threshold: self.metric_threshold,
            ..Bootstrap::DEFAULT
        }
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
        Self::comparing(NoMetric)
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
        json!({
            "by": B::NAME,
            "k": self.k,
            "max_rounds": self.max_rounds,
            "metric_threshold": self.metric_threshold,
        })
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        let bootstrap = self.bootstrap();
        bootstrap.check()?;
        let nearest = B::nearest(study.student(), self.k);
        let pools = Pools::labeled(study);
        let labeled = pools.candidate(study, &nearest, "the nearest labelled rows")?;
        if self.max_rounds == 0 {
            return Ok(labeled);
        }
        let before = study.evaluate(&labeled).await?.measured.score();
        let examples: Vec<usize> = (0..study.train().len()).collect();
        let job = |example, round| Ok(pools.job(&labeled, example, round));
        let passed = bootstrap.attempt(study, &examples, job).await?;
        study.note(format!(
            "{} of {} training examples pass",
            passed.len(),
            examples.len()
        ));
        let pools = pools.with_runs(study, passed);
        let bootstrapped = pools.candidate(study, &nearest, "the nearest bootstrapped demos")?;
        let after = study.evaluate(&bootstrapped).await?.measured.score();
        Ok(if after > before {
            bootstrapped
        } else {
            labeled
        })
    }
}

/// The demos of each predictor, by path.
struct Pools(BTreeMap<String, Pool>);

/// The demos of one predictor.
struct Pool {
    /// By training example.
    demos: BTreeMap<usize, Demo>,
    /// For each training example the demos that show its answer, by their place in the pool.
    same: Vec<Vec<usize>>,
}

impl Pools {
    /// The labelled rows, where they serve a predictor.
    fn labeled<M: Module, E: Example<M::Input>>(study: &Study<'_, M, E>) -> Self {
        let rows: Vec<_> = study.train().iter().map(Example::fields).collect();
        let predictors = study.student().predictors().into_iter();
        let pool = |predictor: &Predictor| {
            let pool = Pool::labeled(&rows, predictor.spec());
            (predictor.path().to_owned(), pool)
        };
        Self(predictors.map(pool).collect())
    }

    /// The program of the pools, without what it must not copy from.
    fn job<M: Module>(&self, teacher: &Candidate<M>, example: usize, round: u32) -> Job<M> {
        let mut program = teacher.program().clone();
        for predictor in program.predictors_mut() {
            if let Some(pool) = self.0.get(predictor.path()) {
                predictor.hold_out(&pool.same[example]);
            }
        }
        Job {
            program,
            candidate: teacher.id(),
            example,
            sample: round,
            temperature: (round > 0).then_some(RETRY_TEMPERATURE),
        }
    }

    /// With what was made in these runs in the place of their rows.
    fn with_runs<M: Module, E: Example<M::Input>>(
        mut self,
        study: &Study<'_, M, E>,
        passed: Vec<Passed>,
    ) -> Self {
        let mut rng = study.rng("knn few-shot");
        for (example, trace) in passed {
            let made: BTreeMap<String, Demo> = demos_of(&trace, &mut rng).into_iter().collect();
            for predictor in study.student().predictors() {
                // A value that JSON has no word for makes no demo.
                let demo = made.get(predictor.path());
                let demo = demo.filter(|demo| demo.check(predictor.spec()).is_ok());
                if let (Some(demo), Some(pool)) = (demo, self.0.get_mut(predictor.path())) {
                    pool.demos.insert(example, demo.clone());
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
            predictor.set_demos_in(&mut state, pool.demos.values().cloned().collect());
            if let Some(state) = state.predictors.get_mut(path)
                && !pool.demos.is_empty()
            {
                state.nearest = Some(nearest.clone());
            }
            sources.insert(path.to_owned(), pool.demos.keys().copied().collect());
        }
        Ok(study.candidate(origin, &state)?.with_sources(sources))
    }
}

impl Pool {
    fn labeled(rows: &[Map<String, Value>], spec: &SignatureSpec) -> Self {
        let demo = |(example, row)| Some((example, Demo::from_fields(row, spec)?));
        let demos: BTreeMap<usize, Demo> = rows.iter().enumerate().filter_map(demo).collect();
        let mut by_inputs: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, example) in demos.keys().enumerate() {
            let same = by_inputs.entry(inputs(&rows[*example], spec)).or_default();
            same.push(place);
        }
        let same = |row| by_inputs.get(&inputs(row, spec)).cloned();
        let same = rows
            .iter()
            .map(|row| same(row).unwrap_or_default())
            .collect();
        Self { demos, same }
    }
}

/// The inputs that a row has, as text.
fn inputs(row: &Map<String, Value>, spec: &SignatureSpec) -> String {
    let values: Vec<_> = spec.inputs().map(|field| row.get(&*field.name)).collect();
    json!(values).to_string()
}
