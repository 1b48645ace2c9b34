//! Rules that hold for every message in the `.stderr` files.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn no_message_starts_with_a_private_name() {
    let found: Vec<_> = messages()
        .into_iter()
        .filter(|message| message.first_line().contains("__private"))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// A call with nothing in it has no smaller place to point at.
///
/// Of a method that is not found, rustc marks the way from what it is called on, and nothing in the call stands
/// for that. Each such message is named here, by file and first line.
#[test]
fn no_message_lies_under_a_whole_macro_call() {
    const MARKED_BY_RUSTC: [(&str, &str); 1] = [(
        "module/option_type.stderr",
        "error[E0599]: no method named `tools` found for struct `Predict<S>` in the current scope",
    )];
    let all = messages();
    let found: Vec<_> = all
        .iter()
        .filter(|message| message.lies_under_a_call())
        .map(|message| (message.file.as_str(), message.first_line()))
        .collect();
    assert_eq!(found, MARKED_BY_RUSTC);
}

/// The test above can fail.
#[test]
fn a_label_under_a_call_is_found() {
    let line = ["error: no", "1 | module!(type A);", "  | ^^^^^^^^^^^^^^^^"];
    let block = [
        "error: no",
        "1 | / module!(",
        "2 | |     type A;",
        "3 | | );",
        "  | |_^",
    ];
    let inside = ["error: no", "1 | module!(type A);", "  |         ^^^^^^"];
    let empty = ["error: no", "1 | module!();", "  | ^^^^^^^^^"];
    let found = |lines: &[&str]| Message::new("a.stderr", lines).lies_under_a_call();
    assert_eq!(
        [found(&line), found(&block), found(&inside), found(&empty)],
        [true, true, false, false]
    );
}

/// One error or warning.
#[derive(Debug)]
struct Message {
    file: String,
    lines: Vec<String>,
}

impl Message {
    fn new(file: &str, lines: &[&str]) -> Self {
        Self {
            file: file.to_owned(),
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        }
    }

    fn first_line(&self) -> &str {
        &self.lines[0]
    }

    fn lies_under_a_call(&self) -> bool {
        let pairs = self.lines.windows(2);
        pairs
            .into_iter()
            .any(|pair| starts_block(&pair[0]) || underlined(&pair[0], &pair[1]))
    }
}

/// `12 | / module!(` is the first line of a label that spans several lines.
fn starts_block(line: &str) -> bool {
    let code = line.split_once(" | ").map(|(_, code)| code.trim_start());
    code.and_then(|code| code.strip_prefix('/'))
        .is_some_and(|code| starts_with_call(code.trim_start()))
}

/// Whether the marks in the second line are under a whole call in the first.
fn underlined(code: &str, marks: &str) -> bool {
    let Some(start) = marks.find(['^', '-']) else {
        return false;
    };
    let is_marks = marks[..start].chars().all(|c| c == ' ' || c == '|');
    let code: String = code.chars().skip(start).collect();
    is_marks && starts_with_call(&code)
}

fn starts_with_call(code: &str) -> bool {
    let code = code.strip_prefix("dashoptimize::").unwrap_or(code);
    ["module!", "pipeline!", "include_prompt!", "tools!"]
        .iter()
        .filter_map(|name| code.strip_prefix(name))
        .any(|arguments| !arguments.starts_with("()"))
}

fn messages() -> Vec<Message> {
    let files = folders().into_iter().flat_map(|folder| entries(&folder));
    let files = files.filter(|file| file.extension().is_some_and(|end| end == "stderr"));
    let all: Vec<_> = files.flat_map(|file| messages_of(&file)).collect();
    assert!(!all.is_empty(), "no message in `ui-tests/`");
    all
}

fn messages_of(file: &Path) -> Vec<Message> {
    let text = fs::read_to_string(file).expect("a file of messages can be read");
    let mut found: Vec<Message> = Vec::new();
    for line in text.lines() {
        if line.starts_with("error") || line.starts_with("warning") {
            found.push(Message::new(&file.display().to_string(), &[line]));
        } else if let Some(last) = found.last_mut() {
            last.lines.push(line.to_owned());
        }
    }
    found
}

fn folders() -> Vec<PathBuf> {
    let mut folders = entries(Path::new("."));
    folders.retain(|path| path.is_dir());
    folders
}

/// Sorted, and relative to `ui-tests/`.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the tests can be read");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| path.strip_prefix(".").map(Path::to_owned).unwrap_or(path))
        .collect();
    paths.sort();
    paths
}
