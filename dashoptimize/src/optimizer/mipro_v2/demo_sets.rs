//! Sets of demos that each predictor can have.

use serde_json::{Map, Value};

use crate::engine::{Candidate, DemoSource, Stop, Study};
use crate::evaluate::Example;
use crate::module::{Module, ModuleExt, Predictor};
use crate::optimizer::bootstrap::Bootstrap;
use crate::optimizer::bootstrap_few_shot::teacher;
use crate::optimizer::labeled_few_shot::{SamplingStrategy, labeled};
use crate::state::{Demo, State};

/// The demos of a zero-shot search, which only the proposer is shown.
const SHOWN_TO_PROPOSER: Bootstrap = Bootstrap {
    max_bootstrapped_demos: 3,
    max_labeled_demos: 0,
    ..Bootstrap::DEFAULT
};

/// The demos of one predictor, and the training rows that they were made of, if that is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DemoSet {
    pub(super) demos: Vec<Demo>,
    pub(super) sources: Option<Vec<DemoSource>>,
    /// How many of the demos, from the first on, are runs of the program.
    bootstrapped: usize,
}

/// The sets of one predictor. The set at index 0 is what the student has.
#[derive(Clone, Debug, Default)]
pub(super) struct DemoSets(Vec<DemoSet>);

impl DemoSets {
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&DemoSet> {
        self.0.get(index)
    }

    /// Up to so many demos that were bootstrapped: those of this set first, then those of the sets after it
    /// and before it.
    pub(super) fn bootstrapped_from(&self, index: usize, most: usize) -> Vec<&Demo> {
        let sets = self.0.len().max(1);
        let in_turn = (0..self.0.len()).map(|further| &self.0[(index + further) % sets]);
        let demos = in_turn.flat_map(|set| &set.demos[..set.bootstrapped]);
        let mut found: Vec<&Demo> = Vec::new();
        for demo in demos {
            if found.len() == most {
                break;
            }
            if !found.contains(&demo) {
                found.push(demo);
            }
        }
        found
    }

    /// Adds a set, unless there is one with the same demos.
    fn add(&mut self, set: DemoSet) {
        if self.0.iter().all(|known| known.demos != set.demos) {
            self.0.push(set);
        }
    }
}

/// Makes sets of demos for each predictor, in the order of the predictors.
///
/// The first is what the student has, then follow none, labelled rows, bootstrapped demos with the rows in
/// their order, and bootstrapped demos with the rows shuffled and a random number of demos.
pub(super) async fn bootstrap<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    settings: &Bootstrap,
    count: usize,
) -> Result<Vec<DemoSets>, Stop> {
    let mut sets = own_and_none(study);
    if settings.max_bootstrapped_demos == 0 {
        for index in 1..count {
            add_labelled(study, &mut sets, settings.max_labeled_demos, index);
        }
        return Ok(sets);
    }
    let teacher = teacher(study, settings.max_labeled_demos)?;
    for index in 1..count {
        match index {
            1 if settings.max_labeled_demos > 0 => {
                add_labelled(study, &mut sets, settings.max_labeled_demos, index);
            }
            _ => add_bootstrapped(study, &mut sets, settings, &teacher, index).await?,
        }
    }
    Ok(sets)
}

/// Adds bootstrapped demos: at index 2 as many as possible with the rows in their order, otherwise a random
/// number with the rows shuffled.
async fn add_bootstrapped<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    sets: &mut [DemoSets],
    settings: &Bootstrap,
    teacher: &Candidate<M>,
    index: usize,
) -> Result<(), Stop> {
    let name = format!("demo set {index}");
    let mut order: Vec<usize> = (0..study.train().len()).collect();
    let mut settings = *settings;
    if index != 2 {
        let mut rng = study.rng(&format!("MIPROv2 {name}"));
        rng.shuffle(&mut order);
        settings.max_bootstrapped_demos = 1 + rng.below(settings.max_bootstrapped_demos);
    }
    let bootstrapped = settings.run(study, teacher, &order, &name).await?;
    for (predictor, sets) in study.student().predictors().iter().zip(sets) {
        let (demos, sources) = bootstrapped.demos_of(predictor.path());
        let is_run = |source: &&DemoSource| source.is_bootstrapped;
        sets.add(DemoSet {
            demos,
            bootstrapped: sources.iter().take_while(is_run).count(),
            sources: Some(sources),
        });
    }
    Ok(())
}

/// Sets that only the proposer is shown, for a search that uses no demos.
pub(super) async fn for_the_proposer<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    settings: &Bootstrap,
    count: usize,
) -> Result<Vec<DemoSets>, Stop> {
    let shown = Bootstrap {
        max_rounds: settings.max_rounds,
        metric_threshold: settings.metric_threshold,
        ..SHOWN_TO_PROPOSER
    };
    bootstrap(study, &shown, count).await
}

/// Makes sets of demos of the given rows: what the student has, none, the first rows, and random ones.
pub(super) fn manual<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    rows: &[Map<String, Value>],
    most: usize,
    count: usize,
) -> Vec<DemoSets> {
    let mut all = own_and_none(study);
    let predictors = study.student().predictors();
    for (predictor, sets) in predictors.iter().zip(&mut all) {
        let usable = usable_demos(rows, predictor);
        let most = most.min(usable.len());
        let mut rng = study.rng(&format!("MIPROv2 manual demos {}", predictor.path()));
        sets.add(of_rows(&usable, 0..most));
        for _ in 2..count {
            let size = most.min(1 + rng.below(most));
            sets.add(of_rows(&usable, rng.sample(usable.len(), size)));
        }
    }
    all
}

/// Whether the validation part holds one of these rows.
pub(super) fn shows_validation<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    rows: &[Map<String, Value>],
) -> bool {
    study.val().iter().any(|row| rows.contains(&row.fields()))
}

fn usable_demos(rows: &[Map<String, Value>], predictor: &Predictor) -> Vec<Demo> {
    let demos = rows
        .iter()
        .filter_map(|row| Demo::from_fields(row, predictor.spec()));
    demos
        .filter(|demo| demo.has_all_inputs(predictor.spec()))
        .collect()
}

fn of_rows(usable: &[Demo], rows: impl IntoIterator<Item = usize>) -> DemoSet {
    DemoSet {
        demos: rows.into_iter().map(|row| usable[row].clone()).collect(),
        sources: None,
        bootstrapped: 0,
    }
}

/// What the student has, and no demos.
fn own_and_none<M: Module, E: Example<M::Input>>(study: &Study<'_, M, E>) -> Vec<DemoSets> {
    let mut sets = own(study);
    for sets in &mut sets {
        sets.add(of_rows(&[], []));
    }
    sets
}

/// What the student has.
pub(super) fn own<M: Module, E: Example<M::Input>>(study: &Study<'_, M, E>) -> Vec<DemoSets> {
    let sources = study.base().sources();
    let predictors = study.student().predictors().into_iter();
    let own = predictors.map(|predictor| {
        let mut sets = DemoSets::default();
        sets.add(DemoSet {
            demos: predictor.state().demos.clone(),
            sources: sources.get(predictor.path()).cloned(),
            bootstrapped: 0,
        });
        sets
    });
    own.collect()
}

fn add_labelled<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    sets: &mut [DemoSets],
    most: usize,
    index: usize,
) {
    let seed = Some(study.rng(&format!("MIPROv2 demo set {index}")).bits());
    let strategy = SamplingStrategy::Random { seed };
    let state: State = labeled(study, &study.student().state(), most, strategy);
    for (predictor, sets) in study.student().predictors().iter().zip(sets) {
        let demos = state.predictors.get(predictor.path());
        sets.add(DemoSet {
            demos: demos.map(|p| p.demos.clone()).unwrap_or_default(),
            sources: None,
            bootstrapped: 0,
        });
    }
}
