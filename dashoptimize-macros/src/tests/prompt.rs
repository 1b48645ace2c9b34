//! Files of prompts: what they expand to, and that macro and runtime read the same.

use dashoptimize::artifact::Artifact;
use quote::quote;

use super::{assert_expansion, tokens};
use crate::prompt::is_readable;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// All that a file can hold.
const WHOLE: &str = include_str!("whole.json");

#[test]
fn a_prompt() {
    let call = tokens("crate::Answer, \"docs/qa.json\"");
    let expansion = crate::prompt::try_expand(call).expect("the file is sound");
    // The whole path is another one on every machine.
    let portable = expansion.to_string().replace(FOLDER, "…");
    let call = tokens(&portable);
    assert_expansion(
        "include_prompt",
        quote!(const PROMPT: Prompt<Answer> = #call;),
    );
}

#[test]
fn the_runtime_reads_what_the_macro_reads() {
    let both = |text: &str| {
        let read = Artifact::from_text(text, "x.json");
        assert_eq!(is_readable(text), read.is_ok(), "{read:?}\n{text}");
        read.is_ok()
    };
    assert!(both(WHOLE));
    // What the macro does not look into is left out.
    let text = without(&without(WHOLE, "params"), "provenance");
    assert!(both(&text));
    let mut broken = 0;
    for (at, character) in text.char_indices() {
        let (before, after) = text.split_at(at);
        let after = &after[character.len_utf8()..];
        for put in ["", "0", "\"", "null"] {
            broken += u32::from(!both(&format!("{before}{put}{after}")));
        }
    }
    let lines: Vec<&str> = text.lines().collect();
    for line in 0..lines.len() {
        let without = [&lines[..line], &lines[line + 1..]].concat().join("\n");
        let twice = [&lines[..=line], &lines[line..]].concat().join("\n");
        broken += u32::from(!both(&without)) + u32::from(!both(&twice));
    }
    assert!(broken > 1000, "most of it is broken: {broken}");
}

/// A file without the object of a key.
fn without(text: &str, key: &str) -> String {
    let mut json: serde_json::Value = serde_json::from_str(text).expect("it is JSON");
    fn remove(json: &mut serde_json::Value, key: &str) {
        if let Some(entries) = json.as_object_mut() {
            entries.remove(key);
            entries.values_mut().for_each(|json| remove(json, key));
        }
    }
    remove(&mut json, key);
    format!("{json:#}")
}
