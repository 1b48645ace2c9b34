//! The rows that are not right, for people to read.

use std::io::{self, Write};

use serde_json::Value;

use super::result_line::{Named, ResultLine};
use crate::evaluate::ScoreRange;

/// The width of the names on the left, in columns.
const NAMES: usize = 14;

/// Writes a row, if its score is not the best of the range.
pub(super) fn write(
    to: &mut impl Write,
    line: &ResultLine<'_>,
    score: Option<f64>,
    range: ScoreRange,
) -> io::Result<()> {
    if score == Some(range.best()) {
        return Ok(());
    }
    match line.origin {
        Some(origin) => write!(to, "{origin}")?,
        None => write!(to, "index {}", line.row)?,
    }
    match score {
        Some(score) => writeln!(to, ": score {score}")?,
        None => writeln!(to, ": no score")?,
    }
    write_named(to, "inputs", &line.inputs)?;
    write_named(to, "gold", &line.gold)?;
    match line.prediction {
        Some(Value::Object(values)) => {
            let values = values.iter().map(|(name, value)| (&**name, value));
            write_named(to, "prediction", &values.collect())?;
        }
        Some(value) => write_part(to, "prediction", &value.to_string())?,
        None => {}
    }
    for (name, text) in [("feedback", line.feedback), ("error", line.error)] {
        if let Some(text) = text {
            write_part(to, name, &on_one_line(text))?;
        }
    }
    for broken in &line.broken_checks {
        let words = format!("`{}` {}", broken.field, broken.rule);
        write_part(to, "broken check", &words)?;
    }
    writeln!(to)
}

fn write_named(to: &mut impl Write, name: &str, values: &Named<'_>) -> io::Result<()> {
    let mut name = name;
    for (field, value) in values {
        // Written as JSON, so that what a model wrote stays on its line.
        write_part(to, name, &format!("{field}: {value}"))?;
        name = "";
    }
    Ok(())
}

fn write_part(to: &mut impl Write, name: &str, text: &str) -> io::Result<()> {
    writeln!(to, "  {name:NAMES$}{text}")
}

fn on_one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
