//! What the benchmark prints: tables of what was measured, and the list of bars.

use std::fmt::Write as _;

/// Collects the tables and bars of a run. Tables are printed when they are complete, so that a run
/// that is stopped has shown what it knew.
#[derive(Default)]
pub(crate) struct Report {
    bars: Vec<[String; 4]>,
}

impl Report {
    /// Prints a table under a title.
    pub(crate) fn table<const N: usize>(title: &str, head: [&str; N], rows: &[[String; N]]) {
        println!("\n{title}\n{}", aligned(head, rows));
    }

    /// Enters a figure that must not be larger than its bar.
    pub(crate) fn at_most(&mut self, what: &str, bar: f64, measured: Result<f64, String>) {
        self.enter(what, format!("≤ {}", short(bar)), measured, |it| {
            it <= bar
        });
    }

    /// Enters a figure that must not be smaller than its bar.
    pub(crate) fn at_least(&mut self, what: &str, bar: f64, measured: Result<f64, String>) {
        self.enter(what, format!("≥ {}", short(bar)), measured, |it| {
            it >= bar
        });
    }

    /// Prints the bars.
    pub(crate) fn finish(&self) {
        let head = ["bar", "limit", "measured", ""];
        Self::table("BARS (medians of this run)", head, &self.bars);
    }

    fn enter(
        &mut self,
        what: &str,
        limit: String,
        measured: Result<f64, String>,
        passes: impl Fn(f64) -> bool,
    ) {
        let (measured, verdict) = match measured {
            Ok(value) if passes(value) => (short(value), "PASS".to_owned()),
            Ok(value) => (short(value), "MISS".to_owned()),
            Err(reason) => ("-".to_owned(), format!("not measured: {reason}")),
        };
        self.bars.push([what.to_owned(), limit, measured, verdict]);
    }
}

/// A number with three significant digits, without an exponent.
pub(crate) fn short(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        size => usize::try_from(2 - size.log10().floor() as i32).unwrap_or(0),
    };
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// The rows in columns: words to the left, numbers to the right.
fn aligned<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells
            .chain([head[column].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = line(&head, &widths);
    let rule = widths.iter().map(|width| "-".repeat(*width));
    text += &format!("  {}\n", rule.collect::<Vec<_>>().join("  "));
    for row in rows {
        text += &line(&row.each_ref().map(String::as_str), &widths);
    }
    text
}

fn line(cells: &[&str], widths: &[usize]) -> String {
    let mut text = String::new();
    for (cell, &width) in cells.iter().zip(widths) {
        let is_number = cell.parse::<f64>().is_ok();
        let _ = match is_number {
            true => write!(text, "  {cell:>width$}"),
            false => write!(text, "  {cell:<width$}"),
        };
    }
    text.trim_end().to_owned() + "\n"
}
