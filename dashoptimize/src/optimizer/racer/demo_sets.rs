//! The demo sets that a `Racer` starts with.

use crate::engine::{Candidate, Stop, Study};
use crate::evaluate::Example;
use crate::module::{Module, ModuleExt};
use crate::optimizer::bootstrap::Bootstrap;
use crate::optimizer::bootstrap_few_shot::teacher;
use crate::optimizer::labeled_few_shot::{SamplingStrategy, labeled};

/// So many sets: labelled rows, then bootstrapped demos of rows in their order, then of rows in other orders.
pub(super) async fn demo_sets<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    bootstrap: &Bootstrap,
    sets: usize,
) -> Result<Vec<Candidate<M>>, Stop> {
    let mut candidates = Vec::new();
    if sets == 0 {
        return Ok(candidates);
    }
    let strategy = SamplingStrategy::Random { seed: None };
    let most = bootstrap.max_labeled_demos;
    let state = labeled(study, &study.student().state(), most, strategy);
    candidates.push(study.candidate(format!("labelled demos, up to {most}"), &state)?);
    let teacher = teacher(study, most)?;
    for set in 1..sets {
        let mut order: Vec<usize> = (0..study.train().len()).collect();
        if set > 1 {
            study
                .rng(&format!("order of demo set {set}"))
                .shuffle(&mut order);
        }
        let name = format!("demo set {set}");
        let made = bootstrap.run(study, &teacher, &order, &name).await?;
        candidates.push(made.candidate(study, format!("bootstrapped demos, set {set}"))?);
    }
    Ok(candidates)
}

/// The candidate with fewer demos: half of them, and none. Nothing if it has no demos.
pub(super) fn with_fewer_demos<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    best: &Candidate<M>,
) -> Result<Vec<Candidate<M>>, Stop> {
    let mut fewer = Vec::new();
    let predictors = best.program().predictors();
    let most = predictors
        .iter()
        .map(|one| one.state().demos.len())
        .max()
        .unwrap_or(0);
    for (keep, name) in [(most / 2, "half of the demos"), (0, "none of the demos")] {
        if most == 0 || (keep == 0 && name.starts_with("half")) {
            continue;
        }
        let (mut state, mut sources) = (best.program().state(), best.sources().clone());
        for predictor in &predictors {
            let mut demos = predictor.state().demos.clone();
            demos.truncate(keep);
            predictor.set_demos_in(&mut state, demos);
            if let Some(sources) = sources.get_mut(predictor.path()) {
                sources.truncate(keep);
            }
        }
        let origin = format!("{name} of #{}", best.id());
        let candidate = study.candidate(origin, &state)?;
        fewer.push(candidate.with_sources(sources).with_parents([best]));
    }
    Ok(fewer)
}
