//! The journal of a run folder, read by tests.

use std::fs;
use std::path::Path;

use super::run_folder::without_times;

/// The lines of the journal that say how a call ended.
fn ends(folder: &Path) -> Vec<String> {
    let journal = fs::read_to_string(folder.join("journal.jsonl")).unwrap_or_default();
    let lines = journal.lines().filter(|line| line.contains("\"of\":"));
    lines.map(str::to_owned).collect()
}

/// How many calls have ended in the journal, with a reply or a failure that is kept.
pub(crate) fn answers(folder: &Path) -> u64 {
    let is_answer = |line: &&String| {
        line.contains("\"end\":{\"reply\"") || line.contains("\"end\":{\"failure\"")
    };
    ends(folder).iter().filter(is_answer).count() as u64
}

/// How many attempts have ended in the journal for this purpose.
pub(crate) fn ended_for(folder: &Path, purpose: &str) -> usize {
    let purpose = format!("\"purpose\":\"{purpose}\"");
    let ends = ends(folder);
    ends.iter().filter(|line| line.contains(&purpose)).count()
}

/// Makes a folder of a run that was interrupted after so many calls, when no call was in flight. The other
/// folder holds the whole run, which made one call at a time.
pub(crate) fn interrupted_between_calls(whole: &Path, interrupted: &Path, calls: u64) {
    fs::create_dir(interrupted).expect("a new folder");
    fs::copy(
        whole.join("manifest.json"),
        interrupted.join("manifest.json"),
    )
    .expect("a manifest");
    let journal = fs::read_to_string(whole.join("journal.jsonl")).expect("a journal");
    let mut ended = 0;
    let kept: String = journal
        .split_inclusive('\n')
        .take_while(|line| {
            let before = ended;
            ended += u64::from(line.contains("\"of\":"));
            before < calls
        })
        .collect();
    fs::write(interrupted.join("journal.jsonl"), kept).expect("a journal");
}

/// The report without what was spent: a run that was interrupted pays again for what was on its way.
pub(crate) fn report(folder: &Path) -> String {
    let report = fs::read_to_string(folder.join("report.txt")).expect("a report");
    without_times(&report)
}
