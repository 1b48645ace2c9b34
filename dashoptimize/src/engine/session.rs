//! One optimization from start to end: baseline, search, hold-out, verdict.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::candidate::Candidate;
use super::evaluation::{Evaluation, Part};
use super::evaluator::Evaluator;
use super::event::Event;
use super::manifest;
use super::optimized::{OptimizeError, Optimized, Report, Tried};
use super::run::{Install, Run};
use super::search::Optimizer;
use super::stop::{Ended, Stop};
use super::study::Study;
use crate::artifact::{Artifact, Provenance};
use crate::evaluate::{Example, Holdout, Measured, Splits, Verdict};
use crate::lm::{Amount, Spend};
use crate::module::Module;

/// Replies of the tuned program may be dearer than those of the untouched one, by its demos: so much
/// is kept back for the hold-out, in times of the untouched program's cost.
const DEARER: u64 = 3;

/// Runs an optimizer on a program.
pub(crate) async fn optimize<M, E, O>(
    optimizer: &O,
    student: &M,
    data: &Splits<E>,
    run: &Run,
) -> Result<Optimized<M>, OptimizeError>
where
    M: Module,
    E: Example<M::Input>,
    O: Optimizer<M, E> + ?Sized,
{
    let manifest = manifest::of_optimization(optimizer, student, data, run);
    let study = open(optimizer, student, data, run, &manifest)
        .map_err(|stop| OptimizeError::new(stop, Spend::default()))?;
    let ended = drive(optimizer, &study, data).await;
    let finished = ended.and_then(|end| {
        study.evaluator().gateway().sync()?;
        finish(optimizer, &study, data, &manifest, end)
    });
    run.notice(&Event::Finished {
        spend: study.evaluator().gateway().total(),
        elapsed: study.evaluator().gateway().elapsed(),
    });
    finished.map_err(|stop| {
        study.evaluator().folder().note_failure(&stop);
        OptimizeError::new(stop, study.evaluator().gateway().total())
    })
}

/// What a search came to.
struct End<M> {
    base: Candidate<M>,
    baseline: Option<Evaluation>,
    tuned: Candidate<M>,
    ended: Ended,
    holdout: Option<Held>,
}

/// Both programs on the hold-out.
struct Held {
    base: Evaluation,
    tuned: Evaluation,
    verdict: Verdict,
}

fn open<'a, M, E, O>(
    optimizer: &'a O,
    student: &'a M,
    data: &'a Splits<E>,
    run: &'a Run,
    manifest: &Value,
) -> Result<Study<'a, M, E>, Stop>
where
    M: Module,
    E: Example<M::Input>,
    O: Optimizer<M, E> + ?Sized,
{
    check_rows(data)?;
    let (gateway, folder) = run.open(student, manifest)?;
    run.notice(&Event::Started {
        optimizer: optimizer.name().to_owned(),
        rows: rows(data),
        replayed: gateway.total().calls,
        budget: run.budget,
    });
    let evaluator = Evaluator::new(optimizer.metric(), run, gateway, folder);
    Ok(Study::new(student, data, evaluator))
}

/// `Splits` has no empty parts, but one can take no rows of a part.
fn check_rows<E>(data: &Splits<E>) -> Result<(), Stop> {
    let parts = [
        ("train", data.train().len()),
        ("validation", data.val().len()),
    ];
    match parts.into_iter().find(|(_, rows)| *rows == 0) {
        Some((part, _)) => Err(Stop::Unusable(format!("the {part} part has no rows"))),
        None => Ok(()),
    }
}

async fn drive<M, E, O>(
    optimizer: &O,
    study: &Study<'_, M, E>,
    data: &Splits<E>,
) -> Result<End<M>, Stop>
where
    M: Module,
    E: Example<M::Input>,
    O: Optimizer<M, E> + ?Sized,
{
    let base = study.base().clone();
    let mut end = End {
        tuned: base.clone(),
        base,
        baseline: None,
        ended: Ended::Done,
        holdout: None,
    };
    if let Err(stop) = search(optimizer, study, data, &mut end).await {
        end.ended = budget_end(study, stop)?;
    }
    if let Some(best) = study.best()
        && end.ended != Ended::Done
    {
        end.tuned = best;
    }
    study.evaluator().gateway().set_reserve(Amount::default());
    match judge(study, data, &end).await {
        Ok(holdout) => end.holdout = holdout,
        Err(stop) => end.ended = budget_end(study, stop)?,
    }
    Ok(end)
}

async fn search<M, E, O>(
    optimizer: &O,
    study: &Study<'_, M, E>,
    data: &Splits<E>,
    end: &mut End<M>,
) -> Result<(), Stop>
where
    M: Module,
    E: Example<M::Input>,
    O: Optimizer<M, E> + ?Sized,
{
    let baseline = study.evaluate(&end.base).await?;
    keep_back_for_holdout(study, &baseline, data.holdout().map_or(0, Holdout::len));
    end.baseline = Some(baseline);
    end.tuned = optimizer.search(study).await?;
    study.evaluate(&end.tuned).await?;
    Ok(())
}

/// The end of the budget is a normal end; anything else is not.
fn budget_end<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    stop: Stop,
) -> Result<Ended, Stop> {
    match stop {
        Stop::Budget(refusal) => {
            study.note(format!("{refusal}; the best so far is kept"));
            Ok(Ended::Budget(refusal.to_string()))
        }
        stop => Err(stop),
    }
}

/// Opens the hold-out: both programs on all its rows, once.
async fn judge<M, E>(
    study: &Study<'_, M, E>,
    data: &Splits<E>,
    end: &End<M>,
) -> Result<Option<Held>, Stop>
where
    M: Module,
    E: Example<M::Input>,
{
    let Some(holdout) = holdout(data) else {
        return Ok(None);
    };
    let rows = holdout.open();
    let base = study.evaluate_on(&end.base, rows, Part::Holdout).await?;
    study
        .evaluator()
        .notice_evaluated(&end.base, Part::Holdout, &base, false);
    let tuned = study.evaluate_on(&end.tuned, rows, Part::Holdout).await?;
    study
        .evaluator()
        .notice_evaluated(&end.tuned, Part::Holdout, &tuned, false);
    let scores = |evaluation: &Evaluation| evaluation.measured.scores().collect::<Vec<_>>();
    let verdict = study
        .evaluator()
        .run()
        .verdict_rule()
        .judge(&scores(&base), &scores(&tuned))
        .map_err(|error| Stop::Unusable(error.to_string()))?;
    Ok(Some(Held {
        base,
        tuned,
        verdict,
    }))
}

/// Both programs must still be judged when the search has used up its part of the budget. At most
/// half of it is kept back.
fn keep_back_for_holdout<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    baseline: &Evaluation,
    holdout: usize,
) {
    let rollouts = 2 * holdout as u64;
    let rows = baseline.measured.n().max(1) as u64;
    let share = |spent: u64, times: u64| spent.saturating_mul(rollouts * times).div_ceil(rows);
    let spend = baseline.spend;
    let money = spend.cost.map(|cost| cost.scaled(rollouts * DEARER, rows));
    // Of the whole budget and not of what is left of it: what earlier sittings spent counts from the
    // start, so that less would be kept back in a resumed run, and it would end elsewhere.
    let budget = study.evaluator().run().budget;
    let half = |limit: Option<u64>| limit.map_or(u64::MAX, |limit| limit / 2);
    study.evaluator().gateway().set_reserve(Amount {
        calls: share(spend.calls, 1).min(half(budget.calls)),
        tokens: share(spend.usage.total(), DEARER).min(half(budget.tokens)),
        usd: money.map(|money| match budget.usd {
            Some(limit) => money.min(limit.scaled(1, 2)),
            None => money,
        }),
    });
}

fn finish<M, E, O>(
    optimizer: &O,
    study: &Study<'_, M, E>,
    data: &Splits<E>,
    manifest: &Value,
    end: End<M>,
) -> Result<Optimized<M>, Stop>
where
    M: Module,
    E: Example<M::Input>,
    O: Optimizer<M, E> + ?Sized,
{
    let verdict = end.holdout.as_ref().map(|held| held.verdict.clone());
    let spend = study.evaluator().gateway().total();
    let artifact = Artifact::of(end.tuned.program()).with_provenance(Provenance {
        data: manifest["data"].clone(),
        models: models(study.student()),
        optimizer: optimizer.name().to_owned(),
        seed: Some(study.evaluator().run().seed),
        settings: optimizer.settings(),
        spent: Some(spend.into()),
        verdict: json!(verdict),
    });
    let report = Report {
        optimizer: optimizer.name().to_owned(),
        initial: end.baseline.map(|baseline| baseline.measured),
        r#final: study.known(&end.tuned).map(|e| e.measured),
        holdout: end
            .holdout
            .map(|held| (held.base.measured, held.tuned.measured)),
        tried: tried(study),
        rows: rows(data),
        ledger: study.evaluator().gateway().ledger(),
        elapsed: study.evaluator().gateway().elapsed(),
        ended: end.ended,
        stages: study.stages(),
        chosen: end.tuned.origin().to_owned(),
        folder: study.evaluator().folder().file(""),
    };
    study
        .evaluator()
        .folder()
        .write("artifact.json", &artifact.to_text())?;
    study
        .evaluator()
        .folder()
        .write("report.txt", &report.to_string())?;
    let better = match &verdict {
        Some(verdict) => verdict.is_better(),
        // The hold-out was to judge it and could not be opened.
        None if holdout(data).is_some() => false,
        None => !is_worse(report.r#final.as_ref(), report.initial.as_ref()),
    };
    let installed = study.evaluator().run().install == Install::Always || better;
    let program = if installed { &end.tuned } else { &end.base };
    Ok(Optimized {
        program: program.program().clone(),
        original: end.base.state(),
        tuned: end.tuned.state(),
        verdict,
        installed,
        artifact,
        report,
    })
}

/// The hold-out, where there is a row in it.
fn holdout<E>(data: &Splits<E>) -> Option<&Holdout<E>> {
    data.holdout().filter(|holdout| holdout.len() > 0)
}

fn is_worse(one: Option<&Measured>, other: Option<&Measured>) -> bool {
    let score = |measured: Option<&Measured>| measured.and_then(Measured::score);
    score(one) < score(other)
}

fn rows<E>(data: &Splits<E>) -> [usize; 3] {
    let holdout = data.holdout().map_or(0, Holdout::len);
    [data.train().len(), data.val().len(), holdout]
}

/// Ids of the models of the program, each once.
fn models<M: Module>(program: &M) -> Vec<String> {
    let predictors = program.predictors().into_iter();
    let ids: BTreeSet<&str> = predictors.map(|p| p.lm().info().id.as_str()).collect();
    ids.into_iter().map(str::to_owned).collect()
}

fn tried<M: Module, E: Example<M::Input>>(study: &Study<'_, M, E>) -> Vec<Tried> {
    let evaluations = study.evaluations().into_iter();
    evaluations
        .map(|(candidate, evaluation)| Tried {
            candidate: candidate.id(),
            origin: candidate.origin().to_owned(),
            measured: evaluation.measured,
            spend: evaluation.spend,
        })
        .collect()
}
