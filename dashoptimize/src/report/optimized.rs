//! The end card of an optimization, and the table of what it tried.

use std::fmt;

use serde_json::Value;

use super::end_card::{EndCard, write_parts};
use super::notes;
use super::spend_line::spend_line;
use super::words;
use crate::artifact::Provenance;
use crate::engine::{Ended, Optimized, Report, StageReport, StoppedCandidate, Tried};
use crate::module::Module;

/// The end card: verdict, hold-out, spend, what changed, what to do next. With `{:#}`, the whole report.
impl<M: Module> fmt::Display for Optimized<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            let folder = self.report.folder.as_ref();
            return card(self, folder.map(|folder| folder.display().to_string())).fmt(f);
        }
        // The report lies in the folder, which may be moved or shared.
        let card = card(self, self.report.folder.as_ref().map(|_| String::new()));
        write!(f, "{card}\n\n")?;
        write_parts(f, &facts(self))?;
        write!(f, "\n\n{}\n\n{}", self.report, self.diff())
    }
}

fn card<M: Module>(optimized: &Optimized<M>, folder: Option<String>) -> EndCard {
    let report = &optimized.report;
    EndCard::new(verdict(optimized))
        .holdout(holdout(report))
        .spend(spend(report))
        .changed(changed(optimized))
        .notes(notes::of_optimized(optimized))
        .next(next(optimized, folder))
}

/// What was run on what.
fn facts<M: Module>(optimized: &Optimized<M>) -> Vec<(&'static str, String)> {
    let unknown = Provenance::default();
    let facts = optimized.artifact.provenance().unwrap_or(&unknown);
    let parts = ["train", "val", "holdout"].map(|part| facts.data.get(part));
    let data = ["to learn from", "to choose by", "to judge by"];
    let data = data.into_iter().zip(parts);
    let data = data.filter_map(|(what, part)| Some(format!("{} {what}", rows_of_part(part?)?)));
    vec![
        ("PROGRAM", optimized.artifact.program().to_owned()),
        ("MODEL", facts.models.join(", ")),
        ("METRIC", facts.metric.clone()),
        ("DATA", data.collect::<Vec<_>>().join("\n")),
        (
            "SEED",
            facts.seed.map(|seed| seed.to_string()).unwrap_or_default(),
        ),
        (
            "OPTIMIZER",
            format!("{} {}", facts.optimizer, facts.settings),
        ),
    ]
}

fn rows_of_part(part: &Value) -> Option<String> {
    let files = part.get("files")?.as_array()?.iter();
    let files: Vec<&str> = files.filter_map(Value::as_str).collect();
    let rows = usize::try_from(part.get("rows")?.as_u64()?).ok()?;
    Some(words::rows_of(rows, &files))
}

/// All candidates in order, with what was measured of each; then the hold-out and the spend.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} rows to learn from, {} to choose by, {} to judge by; ended: {}",
            self.optimizer, self.rows.train, self.rows.val, self.rows.holdout, self.ended
        )?;
        write_candidates(f, self)?;
        for stage in &self.stages {
            writeln!(f, "{stage}")?;
        }
        writeln!(f, "chosen: {}", self.chosen)?;
        if let Some(holdout) = &self.holdout {
            writeln!(f, "hold-out, as given: {}", holdout.initial)?;
            writeln!(f, "hold-out, tuned: {}", holdout.tuned)?;
        }
        if let Some(trials) = &self.trials {
            writeln!(f, "runs on chosen rows: {trials}")?;
        }
        if let Some(headroom) = &self.headroom {
            writeln!(f, "headroom: {headroom}")?;
        }
        if self.saved.rows > 0 {
            writeln!(f, "races saved {}", self.saved)?;
        }
        write!(f, "spent: {}", spend_line(&self.ledger.total()))?;
        let mut excesses = self.excesses.iter();
        excesses.try_for_each(|excess| write!(f, "\n{excess}"))
    }
}

/// Those that were evaluated and those that a race stopped, by number.
fn write_candidates(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let tried = report.tried.iter();
    let tried = tried.map(|tried| (tried.candidate, tried.to_string()));
    let stopped = report.stopped.iter();
    let stopped = stopped.map(|stopped| (stopped.candidate, stopped.to_string()));
    let mut lines: Vec<_> = tried.chain(stopped).collect();
    lines.sort();
    lines.iter().try_for_each(|(_, line)| writeln!(f, "{line}"))
}

/// `   6  seed 1: up to 1 bootstrapped demos: stopped after 24 of 50 rows, worse than #5 (e-value 31.2)`
impl fmt::Display for StoppedCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (candidate, origin) = (self.candidate, &self.origin);
        write!(f, "{candidate:>4}  {origin}: {}", self.stopped)
    }
}

/// `   3  seed -2: labelled demos, up to 8: 58.0 % of 50 rows`
impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (candidate, origin) = (self.candidate, &self.origin);
        write!(f, "{candidate:>4}  {origin}: {}", self.measured)
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
        None => match &optimized.report.no_verdict {
            Some(why) => format!("none, {why}\n{installed}"),
            None => format!("none\n{installed}"),
        },
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
        Some(holdout) => format!("as given: {}\ntuned: {}", holdout.initial, holdout.tuned),
        None => String::new(),
    }
}

fn spend(report: &Report) -> String {
    let spend = spend_line(&report.ledger.total());
    let time = words::time(report.elapsed);
    let mut spend = match &report.ended {
        Ended::Done => format!("{spend}, {time}"),
        Ended::Budget(words) => format!("{spend}, {time}; {words}"),
    };
    if report.saved.rows > 0 {
        spend += &format!("\nraces of candidates saved {}", report.saved);
    }
    for excess in &report.excesses {
        spend += &format!("\n{excess}");
    }
    spend
}

fn next<M: Module>(optimized: &Optimized<M>, folder: Option<String>) -> Vec<String> {
    let mut next = Vec::new();
    if let Some(verdict) = &optimized.verdict {
        next.push(verdict.what_next());
    }
    if let Some(folder) = folder {
        next.push(format!(
            "Review {folder}artifact.json; the rows are in results/, all candidates and changes in \
             report.txt."
        ));
    }
    next
}
