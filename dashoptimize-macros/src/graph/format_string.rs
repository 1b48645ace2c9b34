//! Names in format strings.

/// The names that a format string reads: `n` and `width` of `"{{x}} {n:>width$} {0} {}"`.
pub(super) fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        rest = &rest[start + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let Some(end) = rest.find('}') else {
            break;
        };
        let (argument, spec) = rest[..end].split_once(':').unwrap_or((&rest[..end], ""));
        let widths = spec.split('$').rev().skip(1).map(last_word);
        let found = std::iter::once(argument.trim()).chain(widths);
        names.extend(found.filter(|name| is_name(name)).map(str::to_owned));
        rest = &rest[end + 1..];
    }
    names
}

fn last_word(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_part(*c))
        .last();
    start.map_or("", |(start, _)| &text[start..])
}

fn is_name(text: &str) -> bool {
    syn::parse_str::<syn::Ident>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_string_reads_its_arguments_and_widths() {
        for (text, expected) in [
            ("{question} {n:?}", &["question", "n"] as &[&str]),
            ("{{answer}} {}{0}", &[]),
            ("{{{a}}}", &["a"]),
            ("{n:>width$.prec$} {:1$}", &["n", "prec", "width"]),
            ("no } end {", &[]),
            ("{größe}", &["größe"]),
            ("{self}", &[]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }
}
