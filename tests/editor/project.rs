//! A small project, open in an editor.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::client::{Client, uri};

/// Marks the cursor in a piece of the text.
const CURSOR: &str = "‸";

/// A project whose one file, `src/lib.rs`, is open.
pub(crate) struct Project {
    client: Client,
    file: String,
    text: String,
    version: u32,
}

impl Project {
    /// A project on the runtime as it is in this workspace. It stays in the target folder, so that
    /// a later run need not build the macros again.
    pub(crate) fn open(text: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editor");
        let file = write(&folder, text);
        let settings = json!({ "checkOnSave": false, "cachePriming": { "enable": false } });
        let mut project = Self {
            client: Client::start(&folder, settings),
            file: uri(&file),
            text: text.to_owned(),
            version: 0,
        };
        let document = json!({
            "uri": project.file,
            "languageId": "rust",
            "version": 0,
            "text": text,
        });
        let params = json!({ "textDocument": document });
        project.client.notify("textDocument/didOpen", &params);
        project
    }

    /// Types `new` in place of `old`, which is there once.
    pub(crate) fn type_over(&mut self, old: &str, new: &str) {
        self.find(old);
        self.replace_text(self.text.replace(old, new));
    }

    pub(crate) fn replace_text(&mut self, text: String) {
        self.version += 1;
        let document = json!({ "uri": self.file, "version": self.version });
        let params = json!({ "textDocument": document, "contentChanges": [{ "text": text }] });
        self.client.notify("textDocument/didChange", &params);
        self.text = text;
    }

    /// The lines that what is under the cursor leads to.
    pub(crate) fn definitions(&mut self, piece: &str) -> Vec<String> {
        let places = self.ask("textDocument/definition", piece, &json!({}));
        let places = places.as_array().expect("a list of places");
        places.iter().map(|place| self.line_at(place)).collect()
    }

    pub(crate) fn hover(&mut self, piece: &str) -> String {
        let hover = self.ask("textDocument/hover", piece, &json!({}));
        let words = hover["contents"]["value"].as_str();
        words.expect("something to show").to_owned()
    }

    /// The names that are offered at the cursor.
    pub(crate) fn completions(&mut self, piece: &str) -> BTreeSet<String> {
        let list = self.ask("textDocument/completion", piece, &json!({}));
        let items = list["items"].as_array().expect("a list of items");
        let names = items.iter().map(|item| match &item["filterText"] {
            Value::Null => item["label"].as_str(),
            name => name.as_str(),
        });
        names.map(|name| name.expect("a name").to_owned()).collect()
    }

    /// The text after what is under the cursor got another name everywhere.
    pub(crate) fn renamed(&mut self, piece: &str, new: &str) -> String {
        let edit = self.ask("textDocument/rename", piece, &json!({ "newName": new }));
        let changes = edit["documentChanges"].as_array().expect("changes");
        let [change] = &changes[..] else {
            panic!("one file changes: {edit}")
        };
        assert_eq!(change["textDocument"]["uri"], self.file);
        let edits = change["edits"].as_array().expect("edits");
        let mut edits: Vec<_> = edits.iter().map(|edit| self.replacement(edit)).collect();
        edits.sort();
        let mut text = self.text.clone();
        for (start, end, new) in edits.into_iter().rev() {
            text.replace_range(start..end, new);
        }
        text
    }

    fn replacement<'a>(&self, edit: &'a Value) -> (usize, usize, &'a str) {
        let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
        let new = edit["newText"].as_str().expect("a text");
        (self.offset(start), self.offset(end), new)
    }

    fn ask(&mut self, method: &str, piece: &str, more: &Value) -> Value {
        let (before, after) = piece.split_once(CURSOR).expect("the piece has a cursor");
        let cursor = self.find(&format!("{before}{after}")) + before.len();
        let mut params = json!({
            "textDocument": { "uri": self.file },
            "position": self.position(cursor),
        });
        let params_map = params.as_object_mut().expect("an object");
        params_map.extend(more.as_object().expect("an object").clone());
        self.client.request(method, &params)
    }

    /// Where a piece of the text is.
    fn find(&self, piece: &str) -> usize {
        let mut places = self.text.match_indices(piece).map(|(place, _)| place);
        match (places.next(), places.next()) {
            (Some(place), None) => place,
            _ => panic!("`{piece}` must be in the text once:\n{}", self.text),
        }
    }

    /// Lines and columns count from 0. All of the text is ASCII.
    fn position(&self, offset: usize) -> Value {
        let before = &self.text[..offset];
        let line = before.matches('\n').count();
        let column = offset - before.rfind('\n').map_or(0, |end| end + 1);
        json!({ "line": line, "character": column })
    }

    fn offset(&self, position: &Value) -> usize {
        let number = |key: &str| position[key].as_u64().expect("a number") as usize;
        let lines = self.text.split_inclusive('\n').take(number("line"));
        lines.map(str::len).sum::<usize>() + number("character")
    }

    /// The line of a place, without its indentation.
    fn line_at(&self, place: &Value) -> String {
        let uri = place["uri"].as_str().expect("an address");
        let text = match uri.strip_prefix("file://") {
            _ if uri == self.file => self.text.clone(),
            Some(path) => fs::read_to_string(path).expect("the file can be read"),
            None => panic!("no file: {uri}"),
        };
        let line = place["range"]["start"]["line"].as_u64().expect("a line") as usize;
        text.lines().nth(line).unwrap_or("").trim().to_owned()
    }
}

fn write(folder: &Path, text: &str) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let runtime = workspace.join("dashoptimize");
    let manifest = format!(
        "[package]\nname = \"opened\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n\
         [dependencies]\ndashoptimize = {{ path = {runtime:?}, default-features = false }}\n"
    );
    let file = folder.join("src/lib.rs");
    fs::create_dir_all(folder.join("src")).expect("the target folder can be written to");
    fs::write(folder.join("Cargo.toml"), manifest).expect("the manifest can be written");
    // The versions that the workspace is tested with, which are there without a network.
    let lock = fs::read(workspace.join("Cargo.lock")).expect("the workspace has a lock file");
    fs::write(folder.join("Cargo.lock"), lock).expect("the lock file can be written");
    fs::write(&file, text).expect("the source can be written");
    file
}
