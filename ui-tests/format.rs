//! `rustfmt` formats the bodies of our function-like macros: each call in `examples/` is laid out badly
//! in two ways, and `rustfmt` restores it to what stands in the file.

use std::fs;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

const MACROS: [&str; 2] = ["module", "pipeline"];

/// A bad layout: what it does to the white space between two tokens.
struct Layout {
    name: &'static str,
    gap: fn(&str, usize) -> String,
}

const LAYOUTS: [Layout; 2] = [
    Layout {
        name: "lines joined",
        gap: |gap, _| gap.find('\n').map_or(gap, |_| " ").to_owned(),
    },
    Layout {
        name: "a line for each token, indented at random",
        gap: |_, n| format!("\n{}", " ".repeat(n * 7 % 23)),
    },
];

#[test]
fn rustfmt_restores_each_macro_call_of_the_examples() {
    let mut calls = 0;
    for file in rust_files(&examples()) {
        let text = fs::read_to_string(&file).expect("a file of the examples can be read");
        for call in bodies(&text) {
            calls += 1;
            for layout in &LAYOUTS {
                let bad = disturbed(&text, &call, layout);
                assert_ne!(
                    bad,
                    text,
                    "{}: {} changes nothing",
                    file.display(),
                    layout.name
                );
                let odd = first_difference(&formatted(&bad), &text);
                assert_eq!(odd, None, "{}: {}", file.display(), layout.name);
            }
        }
    }
    assert!(calls > 0, "no macro call in `examples/`");
}

/// This is why the bodies stand in parentheses. It also shows that the test above can fail.
#[test]
fn rustfmt_leaves_a_call_with_braces_as_it_is() {
    let text = "module! {\n    type Answer = Predict<Qa>;\n}\n";
    let [call] = &bodies(text)[..] else {
        panic!("one call")
    };
    for layout in &LAYOUTS {
        let bad = disturbed(text, call, layout);
        assert_ne!(bad, text, "{}", layout.name);
        assert_eq!(formatted(&bad), bad, "{}", layout.name);
    }
}

/// The first line that differs, as `rustfmt` writes it.
fn first_difference(formatted: &str, text: &str) -> Option<String> {
    let lines = formatted.lines().chain(["end of file"]);
    let mut pairs = lines.zip(text.lines().chain(["end of file"]));
    let (line, _) = pairs.find(|(line, expected)| line != expected)?;
    Some(line.to_owned())
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the examples can be read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => rust_files(&path),
            Some(extension) if extension == "rs" => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

/// Where the bodies of our macros' calls are in `text`, without their delimiters.
fn bodies(text: &str) -> Vec<Range<usize>> {
    let tokens: TokenStream = text.parse().expect("the file is Rust");
    let mut found = Vec::new();
    collect_bodies(tokens, &mut found);
    found
}

fn collect_bodies(tokens: TokenStream, found: &mut Vec<Range<usize>>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (n, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let before = &tokens[..n];
        if is_definition(before) {
            // These are patterns of calls, not calls.
            continue;
        }
        if is_call(before) {
            found.push(group.span_open().byte_range().end..group.span_close().byte_range().start);
        } else {
            collect_bodies(group.stream(), found);
        }
    }
}

/// Whether the tokens before a group end with `macro_rules! name`.
fn is_definition(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Ident(word), TokenTree::Punct(_), TokenTree::Ident(_)]
        if word == "macro_rules")
}

/// Whether the tokens before a group end with the name of one of our macros and `!`.
fn is_call(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Ident(name), TokenTree::Punct(mark)]
        if mark.as_char() == '!' && MACROS.iter().any(|known| name == known))
}

fn disturbed(text: &str, call: &Range<usize>, layout: &Layout) -> String {
    let body = &text[call.clone()];
    let tokens: TokenStream = body.parse().expect("tokens of the file");
    let mut bad = text[..call.start].to_owned();
    let mut before = 0..0;
    for (n, token) in places(tokens).into_iter().enumerate() {
        bad += &changed(
            &body[before.clone()],
            &body[before.end..token.start],
            layout,
            n,
        );
        bad += &body[token.clone()];
        before = token;
    }
    bad + &text[call.start + before.end..]
}

/// Comments keep their line, and empty lines are kept.
fn changed(token: &str, gap: &str, layout: &Layout, n: usize) -> String {
    let is_space = !gap.is_empty() && gap.trim().is_empty();
    match gap.matches('\n').count() {
        0 | 1 if is_space && !token.starts_with("//") => (layout.gap)(gap, n),
        _ => gap.to_owned(),
    }
}

/// Where each token is. A doc comment is several tokens at one position.
fn places(tokens: TokenStream) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    collect_places(tokens, &mut found);
    found.dedup_by(|later, earlier| later.start < earlier.end);
    found
}

fn collect_places(tokens: TokenStream, found: &mut Vec<Range<usize>>) {
    let mut before = ' ';
    for token in tokens {
        let is_attribute = before == '#';
        before = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match token {
            TokenTree::Group(group) if is_attribute && !has_plain_values(group.stream()) => {
                found.push(group.span().byte_range());
            }
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                found.push(group.span_open().byte_range());
                collect_places(group.stream(), found);
                found.push(group.span_close().byte_range());
            }
            token => found.push(token.span().byte_range()),
        }
    }
}

/// `rustfmt` leaves an attribute as it is if a value in it is not a literal.
fn has_plain_values(attribute: TokenStream) -> bool {
    let mut before = ' ';
    attribute.into_iter().all(|token| {
        let is_value = before == '=';
        before = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match token {
            TokenTree::Group(group) => !is_value && has_plain_values(group.stream()),
            TokenTree::Literal(_) | TokenTree::Punct(_) => true,
            TokenTree::Ident(_) => !is_value,
        }
    })
}

/// `text` as `cargo fmt` would leave it.
fn formatted(text: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .current_dir(examples())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`rustfmt` is a component of the toolchain");
    let mut stdin = rustfmt.stdin.take().expect("piped");
    stdin.write_all(text.as_bytes()).expect("rustfmt reads");
    drop(stdin);
    let output = rustfmt.wait_with_output().expect("rustfmt ends");
    assert!(output.status.success(), "rustfmt cannot read\n{text}");
    String::from_utf8(output.stdout).expect("UTF-8")
}
