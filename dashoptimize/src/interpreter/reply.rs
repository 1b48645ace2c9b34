//! The code in the reply of a model.

/// Extracts the code from a reply: the content of its Markdown code blocks, or the whole reply if there are
/// none.
///
/// If several blocks are marked as Python, they are joined. If none is, the first block without a mark is
/// used or, failing that, the first block. A block that is not closed extends to the end. In a reply
/// without blocks, the word `python` before the code and single backticks around it are removed. Prompts
/// of the interactive shell (`>>>`) are removed in either case.
///
/// ```
/// use dashoptimize::interpreter::code_in_reply;
///
/// let reply = "Let me compute it:\n```python\nx = 6 * 7\nx\n```\nThis gives 42.";
/// assert_eq!(code_in_reply(reply), "x = 6 * 7\nx");
/// assert_eq!(code_in_reply("python\n1 + 1"), "1 + 1");
/// assert_eq!(code_in_reply("x = 1"), "x = 1");
/// ```
#[must_use]
pub fn code_in_reply(reply: &str) -> String {
    let text = reply.replace("\r\n", "\n");
    let blocks = fenced(&text);
    let python: Vec<&str> = of(&blocks, Mark::is_python).collect();
    let code = if python.is_empty() {
        let unmarked = of(&blocks, |mark| *mark == Mark::None).next();
        let first = unmarked.or_else(|| of(&blocks, |_| true).next());
        let without = || {
            if blocks.is_empty() {
                bare(&text)
            } else {
                String::new()
            }
        };
        first.map_or_else(without, dedented)
    } else {
        let blocks: Vec<String> = python.into_iter().map(dedented).collect();
        blocks.join("\n")
    };
    shell_free(&code)
}

/// Changes code so that its value is that of its last assignment: after a last line `answer = …`, the line
/// `answer` is added. Other code is returned as it is.
///
/// ```
/// use dashoptimize::interpreter::with_result;
///
/// assert_eq!(with_result("x = 1\ny = x + 1"), "x = 1\ny = x + 1\ny");
/// assert_eq!(with_result("print(1)"), "print(1)");
/// ```
#[must_use]
pub fn with_result(code: &str) -> String {
    let code = code.trim_end();
    let last = code.lines().next_back().unwrap_or_default();
    match assigned(last) {
        Some(name) => format!("{code}\n{name}"),
        None => code.to_owned(),
    }
}

/// The name in `name = …`, at the start of the line.
fn assigned(line: &str) -> Option<&str> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end();
    let letter = |c: char| c.is_alphabetic() || c == '_';
    let named = name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_numeric());
    // `==` is a comparison, not an assignment.
    (named && !value.starts_with('=')).then_some(name)
}

/// A fenced block: the mark after its fence, and its text.
struct FencedBlock<'a> {
    mark: Mark,
    text: &'a str,
}

#[derive(PartialEq)]
enum Mark {
    None,
    Python,
    Other,
}

impl Mark {
    fn of(info: &str) -> Self {
        let word = info.split_whitespace().next().unwrap_or_default();
        match word.trim_matches(['{', '}', '.']).to_lowercase().as_str() {
            "" => Self::None,
            "python" | "py" | "python3" | "ipython" | "pycon" | "python-repl" => Self::Python,
            _ => Self::Other,
        }
    }

    fn is_python(&self) -> bool {
        *self == Self::Python
    }
}

/// The texts of the blocks with a suitable mark that are not empty.
fn of<'a>(
    blocks: &[FencedBlock<'a>],
    test: impl Fn(&Mark) -> bool,
) -> impl Iterator<Item = &'a str> {
    blocks
        .iter()
        .filter(move |block| test(&block.mark) && !block.text.is_empty())
        .map(|block| block.text)
}

/// All fenced blocks.
fn fenced(text: &str) -> Vec<FencedBlock<'_>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((fence, from)) = opening(rest) {
        let after = &rest[from..];
        let (info, body) = info_and_body(after);
        let (inside, behind) = until_closed(body, fence);
        blocks.push(FencedBlock {
            mark: Mark::of(info),
            text: inside.trim_matches('\n').trim_end(),
        });
        rest = behind;
    }
    blocks
}

/// The next fence at the start of a line, and its end.
fn opening(text: &str) -> Option<(&str, usize)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(fence) = fence_of(&line[indent..]) {
            return Some((fence, at + indent + fence.len()));
        }
        at += line.len();
    }
    None
}

/// At least three backticks or tildes.
fn fence_of(line: &str) -> Option<&str> {
    ['`', '~'].into_iter().find_map(|sign| {
        let length = line.len() - line.trim_start_matches(sign).len();
        (length >= 3).then(|| &line[..length])
    })
}

/// Splits the text after a fence into mark and body. The mark is the rest of the line, or the first word if
/// code follows it in the same line.
fn info_and_body(after: &str) -> (&str, &str) {
    let (line, body) = after.split_once('\n').unwrap_or((after, ""));
    let one_word = line.split_whitespace().count() <= 1;
    if one_word || line.trim_start().starts_with('{') {
        return (line, body);
    }
    let (word, _) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    if Mark::of(word).is_python() {
        (word, after[word.len()..].trim_start_matches(' '))
    } else {
        ("", after)
    }
}

/// The block up to its closing fence, and the text after that. A fence at the end of a line closes the
/// block as well.
fn until_closed<'a>(body: &'a str, fence: &str) -> (&'a str, &'a str) {
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let shown = line.trim_end();
        if shown.trim_start().starts_with(fence) || shown.ends_with(fence) {
            let found = at + line.find(fence).unwrap_or_default();
            return (&body[..found], &body[at + line.len()..]);
        }
        at += line.len();
    }
    (body, "")
}

/// The block without the indentation that all its lines have in common, as in a Markdown list.
fn dedented(block: &str) -> String {
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let written = block.lines().filter(|line| !line.trim().is_empty());
    let common = written.map(blanks).min().unwrap_or_default();
    let lines: Vec<&str> = block
        .lines()
        .map(|line| line.get(common..).unwrap_or_default())
        .collect();
    lines.join("\n")
}

/// The code in a reply without fences.
fn bare(text: &str) -> String {
    let text = text.trim_matches('\n').trim_end();
    let text = match text.split_once('\n') {
        Some((first, rest))
            if Mark::of(first).is_python() && first.split_whitespace().count() == 1 =>
        {
            rest
        }
        _ => text,
    };
    let inner = text
        .strip_prefix('`')
        .and_then(|text| text.strip_suffix('`'));
    inner
        .filter(|inner| !inner.contains('`'))
        .unwrap_or(text)
        .to_owned()
}

/// The code that was typed, if the text is a session of the interactive shell.
fn shell_free(code: &str) -> String {
    let typed: Vec<&str> = code
        .lines()
        .filter_map(|line| {
            let line = line.trim_start();
            let typed = line
                .strip_prefix(">>>")
                .or_else(|| line.strip_prefix("..."))?;
            Some(typed.strip_prefix(' ').unwrap_or(typed))
        })
        .collect();
    if code.trim_start().starts_with(">>>") {
        typed.join("\n")
    } else {
        code.to_owned()
    }
}
