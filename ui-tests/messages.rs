//! Rules that hold for every message in the `.stderr` files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The messages that may have a label which starts at a macro call, by file and first line. This list may
/// only become shorter. A call with nothing in it has no smaller place to point at; the labels of the others
/// are the compiler's: it joins the place of a name in the call with the call itself.
const UNDER_A_WHOLE_CALL: [(&str, &str); 10] = [
    (
        "module/item.stderr",
        "error: name a module here, as in `pub type Classify = Predict<Triage>;`",
    ),
    (
        "module/less_visible.stderr",
        "error[E0446]: private type `Classify` in public interface",
    ),
    (
        "module/not_a_signature.stderr",
        "error[E0277]: `Classify` is not a signature",
    ),
    (
        "module/option_type.stderr",
        "error[E0599]: no method named `tools` found for struct `Predict<S>` in the current scope",
    ),
    (
        "module/value_of_other_signature.stderr",
        "error[E0631]: type mismatch in function arguments",
    ),
    (
        "optimizer/without_embedder.stderr",
        "error[E0277]: `Classify` has no embedder",
    ),
    (
        "pipeline/branch.stderr",
        "error[E0308]: `match` arms have incompatible types",
    ),
    (
        "pipeline/head.stderr",
        "error: wire a pipeline here, as in `pub fn Rag(question: String) -> Answer { … }`",
    ),
    (
        "pipeline/not_a_signature.stderr",
        "error[E0277]: `Writer` is not a signature",
    ),
    (
        "prompt/arguments.stderr",
        "error: write the program's type and its file here, as in `include_prompt!(Rag, \"prompts/rag.json\")`",
    ),
];

#[test]
fn no_message_starts_with_a_private_name() {
    let found: Vec<_> = messages()
        .into_iter()
        .filter(|message| message.first_line().contains("__private"))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Fails for a message that is new in the list, and for one that the list no longer needs.
#[test]
fn no_message_lies_under_a_whole_macro_call() {
    let all = messages();
    let found: BTreeSet<_> = all
        .iter()
        .filter(|message| message.lies_under_a_call())
        .map(|message| (message.file.as_str(), message.first_line()))
        .collect();
    assert_eq!(found, BTreeSet::from(UNDER_A_WHOLE_CALL));
}

/// The test above can fail.
#[test]
fn a_label_under_a_call_is_found() {
    let line = ["error: no", "1 | module!();", "  | ^^^^^^^^^"];
    let block = [
        "error: no",
        "1 | / module!(",
        "2 | |     type A;",
        "3 | | );",
        "  | |_^",
    ];
    let inside = ["error: no", "1 | module!(type A);", "  |         ^^^^^^"];
    let found = |lines: &[&str]| Message::new("a.stderr", lines).lies_under_a_call();
    assert_eq!(
        [found(&line), found(&block), found(&inside)],
        [true, true, false]
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
        .any(|name| code.starts_with(name))
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
