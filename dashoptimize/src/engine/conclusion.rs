//! The end of an optimization: what is written and returned.

use super::evaluation::Part;
use super::evidence::Evidence;
use super::holdout::HoldoutEvaluation;
use super::looks::{Judged, LOOKS};
use super::optimized::{HoldoutReport, Optimized, Report, StoppedCandidate, Tried};
use super::run::Install;
use super::search::Search;
use super::session::{SearchResult, Session, part_sizes};
use super::stop::{Ended, Stop};
use crate::artifact::Artifact;
use crate::evaluate::{Example, Verdict};
use crate::module::Module;

impl<M, E, S> Session<'_, M, E, S>
where
    M: Module,
    E: Example<M::Input>,
    S: Search<M, E> + ?Sized,
{
    /// Writes artifact and report, and decides which program is installed.
    pub(super) fn conclude(
        &self,
        found: SearchResult<M>,
        judged: Option<HoldoutEvaluation>,
    ) -> Result<Optimized<M>, Stop> {
        let verdict = judged.as_ref().map(|judged| judged.verdict.clone());
        self.note_look(&found, verdict.as_ref())?;
        let base = self.study.base();
        let tuned = found.tuned.clone();
        let artifact = Artifact::of(tuned.program())
            .with_demo_origins(&self.demo_origins(&tuned))
            .with_provenance(self.provenance(verdict.as_ref()));
        let installed = self.installs(verdict.as_ref(), &found);
        self.record_end(&found, verdict.as_ref(), installed)?;
        let report = self.report(found, judged);
        let folder = self.study.evaluator().folder();
        let program = if installed { &tuned } else { base };
        let optimized = Optimized {
            program: program.program().clone(),
            original: base.state(),
            tuned: tuned.state(),
            verdict,
            installed,
            artifact,
            report,
        };
        folder.write("artifact.json", &optimized.artifact.to_text())?;
        folder.write("report.txt", &format!("{optimized:#}\n"))?;
        Ok(optimized)
    }

    /// Notes that the hold-out was opened, before anything says what the verdict is. A verdict that an earlier
    /// attempt found stays.
    fn note_look(&self, found: &SearchResult<M>, verdict: Option<&Verdict>) -> Result<(), Stop> {
        let Some(verdict) = verdict else {
            return Ok(self.looks().check_no_verdict(&found.ended)?);
        };
        let (judged, budget) = (Judged::of(&found.tuned), self.run_settings().budget);
        let looks = self.looks().clone();
        if let Some(text) = looks.with(&judged, &found.ended, budget, verdict) {
            self.study.evaluator().folder().write(LOOKS, &text)?;
        }
        Ok(())
    }

    /// Writes to the log which candidate the search ended with, and whether it is used.
    fn record_end(
        &self,
        found: &SearchResult<M>,
        verdict: Option<&Verdict>,
        installed: bool,
    ) -> Result<(), Stop> {
        let tuned = &found.tuned;
        let rule = match &found.ended {
            Ended::Done => "search",
            Ended::Budget(_) => "best when the budget ended",
        };
        let origin = tuned.origin().to_owned();
        self.study.record(tuned, "chosen", rule, origin, &[])?;
        let (rule, reason) = match verdict {
            Some(verdict) => ("verdict", verdict.to_string()),
            None => ("validation", "there is no verdict".to_owned()),
        };
        let rows = verdict.and_then(|_| self.holdout());
        let rows = rows.map(|holdout| Evidence::of(Part::Holdout, 0..holdout.len()));
        let evidence: Vec<Evidence> = rows.into_iter().collect();
        let decision = match installed {
            true => "installed",
            false => "not_installed",
        };
        self.study.record(tuned, decision, rule, reason, &evidence)
    }

    fn report(&self, found: SearchResult<M>, judged: Option<HoldoutEvaluation>) -> Report {
        let gateway = self.gateway();
        Report {
            optimizer: self.search.name().to_owned(),
            initial: found.baseline.map(|baseline| baseline.measured),
            r#final: self.study.best_evaluation().map(|best| best.measured),
            holdout: judged.map(|judged| HoldoutReport {
                initial: judged.initial.measured,
                tuned: judged.tuned.measured,
            }),
            tried: self.tried(),
            stopped: self.stopped(),
            saved: self.study.saved(),
            headroom: self.study.headroom(),
            trials: self.study.evaluator().measured_trials(),
            stages: self.study.stages(),
            remarks: self.study.remarks(),
            rows: part_sizes(self.data),
            ledger: gateway.ledger(),
            elapsed: gateway.elapsed(),
            ended: found.ended,
            no_verdict: found.no_verdict,
            excesses: gateway.excesses(),
            chosen: found.tuned.origin().to_owned(),
            folder: self.study.evaluator().folder().file(""),
        }
    }

    fn installs(&self, verdict: Option<&Verdict>, found: &SearchResult<M>) -> bool {
        let is_better = match verdict {
            Some(verdict) => verdict.is_better(),
            // The hold-out was to judge it and could not be opened.
            None if self.holdout().is_some() => false,
            None => self.is_no_worse_on_val(found),
        };
        self.run_settings().install == Install::Always || is_better
    }

    /// Whether the validation part, in place of a hold-out, shows the tuned program to be no worse, whatever
    /// the scores are that it lacks.
    fn is_no_worse_on_val(&self, found: &SearchResult<M>) -> bool {
        let measured = self.study.measured(&found.tuned);
        let (Some(tuned), Some(given)) = (measured, &found.baseline) else {
            return false;
        };
        tuned.measured.is_mostly_known() && tuned.measured.is_no_worse_at_worst(&given.measured)
    }

    fn stopped(&self) -> Vec<StoppedCandidate> {
        let stopped = self.study.history().all_stopped().into_iter();
        stopped
            .map(|(candidate, stopped)| StoppedCandidate {
                candidate: candidate.id(),
                origin: candidate.origin().to_owned(),
                stopped,
            })
            .collect()
    }

    fn tried(&self) -> Vec<Tried> {
        let evaluations = self.study.evaluations().into_iter();
        evaluations
            .map(|(candidate, evaluation)| Tried {
                candidate: candidate.id(),
                origin: candidate.origin().to_owned(),
                measured: evaluation.measured,
                spend: evaluation.spend,
            })
            .collect()
    }
}
