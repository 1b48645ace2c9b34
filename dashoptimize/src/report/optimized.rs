//! The end card of an optimization, and the table of what it tried.

use std::fmt;

use super::{EndCard, words};
use crate::engine::{Ended, StageReport};
use crate::module::Module;
use crate::optimizer::{Optimized, Report};

/// The end card: verdict, hold-out, spend, what changed, what next.
impl<M: Module> fmt::Display for Optimized<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.report;
        EndCard {
            verdict: verdict(self),
            holdout: holdout(report),
            spend: spend(report),
            changed: changed(self),
            next: next(self),
        }
        .fmt(f)
    }
}

/// All candidates in order, with what was measured of each; then the hold-out and the spend.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [train, val, held] = self.rows;
        writeln!(
            f,
            "{}: {train} rows to learn from, {val} to choose by, {held} to judge by; ended: {}",
            self.optimizer, self.ended
        )?;
        for tried in &self.tried {
            writeln!(
                f,
                "{:>4}  {}: {}",
                tried.candidate, tried.origin, tried.measured
            )?;
        }
        for stage in &self.stages {
            writeln!(f, "{stage}")?;
        }
        writeln!(f, "chosen: {}", self.chosen)?;
        if let Some((given, tuned)) = &self.holdout {
            writeln!(f, "hold-out, as given: {given}")?;
            writeln!(f, "hold-out, tuned: {tuned}")?;
        }
        writeln!(f, "spent: {}", words::spend(&self.ledger.total()))
    }
}

fn verdict<M: Module>(optimized: &Optimized<M>) -> String {
    let installed = if optimized.installed {
        "the tuned program is installed"
    } else {
        "the program as given stays installed"
    };
    match &optimized.verdict {
        Some(verdict) => format!("{verdict}\n{installed}"),
        None if optimized.report.rows[2] == 0 => {
            format!("none, there is no hold-out to judge by\n{installed}")
        }
        None => format!("none, the budget ended before the hold-out\n{installed}"),
    }
}

/// `stage 1, BootstrapFewShot: 20.0 % of 40 rows → 60.0 % of 40 rows`
impl fmt::Display for StageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}: ", self.name, self.optimizer)?;
        match (&self.initial, &self.r#final) {
            (Some(initial), Some(best)) => write!(f, "{initial} → {best}"),
            _ => f.write_str("nothing was measured"),
        }
    }
}

fn changed<M: Module>(optimized: &Optimized<M>) -> String {
    let mut changed = optimized.diff().summary();
    for stage in &optimized.report.stages {
        changed += &format!("\n{stage}");
    }
    changed + &format!("\nchosen: {}", optimized.report.chosen)
}

fn holdout(report: &Report) -> String {
    match &report.holdout {
        Some((given, tuned)) => format!("as given: {given}\ntuned: {tuned}"),
        None => String::new(),
    }
}

fn spend(report: &Report) -> String {
    let spend = words::spend(&report.ledger.total());
    let time = words::time(report.elapsed);
    match &report.ended {
        Ended::Done => format!("{spend}, {time}"),
        Ended::Budget(words) => format!("{spend}, {time}; {words}"),
    }
}

fn next<M: Module>(optimized: &Optimized<M>) -> Vec<String> {
    let mut next = Vec::new();
    if let Some(verdict) = &optimized.verdict {
        next.push(verdict.what_next());
    }
    if let Some(folder) = &optimized.report.folder {
        let folder = folder.display();
        next.push(format!(
            "Review {folder}artifact.json; all candidates are in report.txt."
        ));
    }
    next
}
