//! Names of tools, as the strictest provider accepts them: letters, digits, `_` and `-`, at most 64 of
//! them.

const MAX_LENGTH: usize = 64;

/// Whether providers accept the name.
pub(super) fn is_valid(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_LENGTH && name.chars().all(is_name_char)
}

/// Names that are made valid and distinct.
#[cfg(feature = "mcp")]
#[derive(Default)]
pub(super) struct Names {
    taken: std::collections::HashSet<String>,
}

#[cfg(feature = "mcp")]
impl Names {
    /// The name with every character that providers do not accept replaced by `_`, cut to the length that
    /// they accept. If it is not new, it gets a number. `-` and `_` are the same, as in Python.
    pub(super) fn made_valid(&mut self, name: &str) -> String {
        let chars = name.chars().take(MAX_LENGTH);
        let valid: String = chars
            .map(|c| if is_name_char(c) { c } else { '_' })
            .collect();
        let valid = if valid.is_empty() { "tool" } else { &valid };
        let numbered = (2..).map(|number| {
            let end = format!("_{number}");
            let length = valid.len().min(MAX_LENGTH - end.len());
            format!("{}{end}", &valid[..length])
        });
        let mut names = std::iter::once(valid.to_owned()).chain(numbered);
        let new = names.find(|name| self.taken.insert(name.replace('-', "_")));
        new.unwrap_or_default()
    }
}

const fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

#[cfg(all(test, feature = "mcp"))]
mod tests {
    use super::*;

    #[test]
    fn names_become_valid_and_distinct() {
        let mut names = Names::default();
        let long = "x".repeat(70);
        let made = [
            "a.b", "a/b", "a-b", "a_b_2", "", "", "読む", "読書", &long, &long,
        ]
        .map(|name| names.made_valid(name));
        let cut = format!("{}_2", "x".repeat(62));
        assert_eq!(
            made,
            [
                "a_b",
                "a_b_2",
                "a-b_3",
                "a_b_2_2",
                "tool",
                "tool_2",
                "__",
                "___2",
                &long[..64],
                &cut
            ]
        );
        assert!(made.iter().all(|name| is_valid(name)));
    }
}
