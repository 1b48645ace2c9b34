//! What holds of every optimizer on every kind of program.

use dashoptimize::engine::Run;
use dashoptimize::module::ModuleExt;
use dashoptimize::optimizer::Optimized;
use dashoptimize::state::{Nearest, PredictorState};

use super::list::without_demos;
use super::model::Calls;
use super::programs::{Subject, splits};
use super::trial::{Trial, seeded};

pub(crate) async fn hold<S: Subject>(name: &'static str) {
    for (rows, seed) in [
        ([4, 3, 2], 0),
        ([1, 1, 0], 0),
        ([1, 4, 1], 1),
        ([5, 1, 0], u64::MAX),
    ] {
        let mut trial = Trial::<S>::new(name);
        trial.rows = rows;
        let run = Run::in_memory().seed(seed);
        let tuned = trial.run(run).await;
        let program = std::any::type_name::<S>();
        let says = format!("{name} of {program}, rows {rows:?}");
        let tuned = tuned.unwrap_or_else(|error| panic!("{says}: {error}"));
        assert!(tuned.final_score() >= tuned.initial_score(), "{says}");
        is_what_it_scores(&trial, &tuned, &says).await;
    }
    let mut trial = Trial::<S>::new(name);
    trial.make = without_demos;
    let tuned = trial.run(seeded(Run::in_memory())).await;
    let tuned = tuned.unwrap_or_else(|error| panic!("{name} without demos: {error}"));
    let mut predictors = tuned.tuned.predictors.values();
    // Of a pool, the nearest none are shown.
    let shows_none =
        |one: &PredictorState| one.demos.is_empty() || one.nearest == Some(Nearest::lexical(0));
    assert!(predictors.all(shows_none), "{name} was to show no demos");
    parts_without_rows::<S>(name).await;
}

/// The score that is reported of the chosen candidate is that of another evaluation, and the final score is the best.
async fn is_what_it_scores<S: Subject>(
    trial: &Trial<S>,
    tuned: &Optimized<S::Program>,
    says: &str,
) {
    let program = S::program(Calls::default().model("task"));
    let program = program
        .with_state(&tuned.tuned)
        .expect("a state of the program");
    let (run, data) = (Run::in_memory(), trial.splits());
    let evaluation = run.evaluate(&program, data.val(), &trial.metric()).await;
    let again = evaluation.expect("nothing fails").0.measured.score();
    let tried = &tuned.report.tried;
    let mut chosen = tried.iter().filter(|one| one.origin == tuned.report.chosen);
    let is_it = chosen.any(|one| one.measured.score() == again);
    assert!(is_it, "{says}: {again:?} is not what was reported of it");
    let best = tried.iter().filter_map(|one| one.measured.score());
    assert_eq!(best.reduce(f64::max), tuned.final_score(), "{says}");
}

/// A part without rows is refused in words, or there is nothing to do with it.
async fn parts_without_rows<S: Subject>(name: &'static str) {
    for rows in [[0, 3, 0], [3, 0, 0], [0, 0, 0]] {
        match splits::<S>(rows) {
            Err(error) => assert!(!error.to_string().is_empty(), "{name}"),
            Ok(_) => {
                let mut trial = Trial::<S>::new(name);
                trial.rows = rows;
                if let Err(error) = trial.run(seeded(Run::in_memory())).await {
                    let words = error.to_string();
                    assert!(words.contains("row"), "{name}, {rows:?}: {words}");
                    assert_eq!(trial.calls.made(), 0, "{name}, {rows:?}: {words}");
                }
            }
        }
    }
}
