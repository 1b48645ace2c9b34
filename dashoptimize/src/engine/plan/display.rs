//! A plan as a person reads it.

use std::fmt;

use super::cost::PlannedCost;
use super::planned::Plan;
use crate::call::Bounds;

/// The width of the first column.
const NAMES: usize = 22;

/// The width of all.
const WIDTH: usize = 100;

/// A table, and below it what speaks against the run. No line is longer than 100 characters, except for names.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = &self.rows;
        let (train, val, holdout) = (rows.train, rows.val, rows.holdout);
        writeln!(
            f,
            "Plan of {}: {train} training, {val} validation and {holdout} hold-out rows",
            self.optimizer
        )?;
        let calls = &self.calls;
        let lines = [
            ("proposals", self.proposals),
            ("rollouts", self.rollouts),
            ("calls", calls.total()),
            ("  task", calls.task),
            ("  propose", calls.propose),
            ("  reflect", calls.reflect),
            ("  judge", calls.judge),
            ("  repair", calls.repair),
            ("tokens", self.tokens),
        ];
        for (name, bounds) in lines {
            // Purposes that do not occur are left out.
            if bounds != Bounds::NONE || !name.starts_with(' ') {
                line(f, name, &grouped(bounds))?;
            }
        }
        line(f, "dollars", &self.cost.to_string())?;
        line(f, "minutes", &minutes(self.seconds))?;
        let shown = self.smallest_difference.map_or_else(
            || "none, as there is no verdict".to_owned(),
            |smallest| smallest.to_string(),
        );
        line(f, "smallest difference", &shown)?;
        for warning in &self.warnings {
            wrapped(f, "! ", "  ", &warning.to_string())?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, words: &str) -> fmt::Result {
    let (first, later) = (format!("{name:<NAMES$}"), " ".repeat(NAMES));
    wrapped(f, &first, &later, words)
}

fn wrapped(f: &mut fmt::Formatter<'_>, first: &str, later: &str, words: &str) -> fmt::Result {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in words.split(' ') {
        if !is_empty && line.len() + 1 + word.len() > WIDTH {
            writeln!(f, "{line}")?;
            later.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    writeln!(f, "{line}")
}

/// As the bounds are shown, with commas in large numbers.
fn grouped(bounds: Bounds) -> String {
    let words = bounds.to_string();
    let words = words.split(' ').map(|word| match word.parse() {
        Ok(number) => with_commas(number),
        Err(_) => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut words = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

fn minutes(seconds: Option<Bounds>) -> String {
    let Some(seconds) = seconds else {
        return "not known: no call was timed yet".to_owned();
    };
    grouped(Bounds {
        least: seconds.least / 60,
        most: seconds.most.map(|most| most.div_ceil(60)),
    })
}

impl fmt::Display for PlannedCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (None, _) => f.write_str("not known"),
            (Some(least), None) => write!(f, "{least} or more"),
            (Some(least), Some(most)) if least == most => write!(f, "{least}"),
            (Some(least), Some(most)) => write!(f, "{least} to {most}"),
        }
    }
}
