//! The report of an evaluation without an optimizer.

use std::fmt;

use super::end_card::write_parts;
use super::notes;
use super::spend_line::spend_line;
use super::words;
use crate::engine::EvaluationReport;

impl fmt::Display for EvaluationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("SCORE", self.measured.to_string()),
            ("NOTE", self.notes()),
            ("ROWS", self.rows()),
            ("PROGRAM", self.program.clone()),
            ("MODEL", self.models.join(", ")),
            ("METRIC", self.metric.clone()),
            ("SPEND", self.spend()),
            (
                "NEXT",
                "Read the rows that are not right in results/rows-wrong.txt; all rows are in \
                 results/rows.jsonl."
                    .to_owned(),
            ),
        ];
        write_parts(f, &parts)
    }
}

impl EvaluationReport {
    fn notes(&self) -> String {
        notes::of_failures(&self.measured).unwrap_or_default()
    }

    fn rows(&self) -> String {
        words::rows_of(self.measured.n(), &self.files)
    }

    fn spend(&self) -> String {
        let (spend, time) = (spend_line(&self.spend), words::time(self.elapsed));
        match &self.cut_short {
            Some(words) => format!("{spend}, {time}; {words}"),
            None => format!("{spend}, {time}"),
        }
    }
}
