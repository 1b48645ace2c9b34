//! The files of a run folder, as two attempts at a run must leave them.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// Every file by name with its text, except the journal. Times are left out.
pub(crate) fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let parts = [
        folder.to_owned(),
        folder.join("results"),
        folder.join("candidates"),
    ];
    for part in parts.iter().filter(|part| part.is_dir()) {
        for entry in fs::read_dir(part).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_file() && name != "journal.jsonl" {
                files.push((name, without_times(&fs::read_to_string(&path).unwrap())));
            }
        }
    }
    files.sort();
    files
}

/// The text of a file without what differs from attempt to attempt: times, and the total that was spent, because a
/// run that was interrupted pays again for what was on its way.
pub(crate) fn without_times(text: &str) -> String {
    let mut is_spend = false;
    let lines = text.lines().filter(|line| {
        let goes_on = is_spend && line.starts_with("          ");
        is_spend = line.starts_with("SPEND") || goes_on;
        !is_spend && !line.starts_with("spent: ")
    });
    lines.map(|line| without_seconds(line) + "\n").collect()
}

fn without_seconds(line: &str) -> String {
    let Ok(mut line) = serde_json::from_str::<Value>(line) else {
        return line.to_owned();
    };
    if let Some(line) = line.as_object_mut() {
        line.remove("seconds");
    }
    let steps = line.get_mut("steps").and_then(Value::as_array_mut);
    for step in steps.into_iter().flatten() {
        step.as_object_mut().and_then(|step| step.remove("seconds"));
    }
    line.to_string()
}
