//! How long calls took, by the results of a run folder.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

/// What a line of results says about time.
#[derive(Deserialize)]
struct Timed {
    #[serde(default)]
    calls: u64,
    #[serde(default)]
    seconds: f64,
}

/// The mean time of a call, over all rows that took any. `None` if the folder has no results.
pub(super) fn of_folder(folder: &Path) -> Option<Duration> {
    let (mut calls, mut seconds) = (0, 0.0);
    let files = std::fs::read_dir(folder.join("results")).ok()?;
    for file in files.flatten() {
        let path = file.path();
        if path.extension().is_none_or(|end| end != "jsonl") {
            continue;
        }
        let Ok(file) = std::fs::File::open(path) else {
            continue;
        };
        for line in BufReader::new(file).lines().map_while(Result::ok) {
            // A line that is being written is not whole.
            let Ok(timed) = serde_json::from_str::<Timed>(&line) else {
                continue;
            };
            if timed.calls > 0 && timed.seconds > 0.0 {
                calls += timed.calls;
                seconds += timed.seconds;
            }
        }
    }
    (calls > 0).then(|| Duration::try_from_secs_f64(seconds / calls as f64).ok())?
}
