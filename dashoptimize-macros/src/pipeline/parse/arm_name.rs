//! The names of the arms of a `match` in the paths of their nodes.

use quote::ToTokens;
use syn::{Pat, Path};

use crate::case::Case;
use crate::graph::Arm;

/// `hard` for `Kind::Hard { .. }`, with a number appended if an earlier arm has that name.
pub(super) fn arm_name(pat: &Pat, earlier: &[Arm]) -> String {
    unused(of_pattern(pat, earlier.len()), earlier)
}

fn last_ident(path: &Path) -> Option<String> {
    path.segments
        .last()
        .map(|segment| segment.ident.to_string())
}

fn of_pattern(pat: &Pat, index: usize) -> String {
    let tokens = pat.to_token_stream().into_iter();
    let capital = tokens
        .filter_map(|token| match token {
            proc_macro2::TokenTree::Ident(ident) => Some(ident.to_string()),
            proc_macro2::TokenTree::Literal(literal) => Some(literal.to_string()),
            _ => None,
        })
        .filter(|word| word != "_")
        .last();
    let first = match pat {
        Pat::TupleStruct(pat) => last_ident(&pat.path),
        Pat::Struct(pat) => last_ident(&pat.path),
        Pat::Path(pat) => last_ident(&pat.path),
        Pat::Wild(_) => Some("other".to_owned()),
        Pat::Ident(pat) if pat.ident.to_string().starts_with(char::is_lowercase) => {
            Some("other".to_owned())
        }
        _ => capital,
    };
    let name = Case::Snake.of_variant(&first.unwrap_or_default());
    let name: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    match name.trim_matches('_') {
        "" => format!("branch_{}", index + 1),
        name if name.starts_with(|c: char| c.is_ascii_digit()) => format!("branch_{name}"),
        name => name.to_owned(),
    }
}

fn unused(name: String, arms: &[Arm]) -> String {
    let is_taken = |name: &str| arms.iter().any(|arm| arm.name == name);
    if !is_taken(&name) {
        return name;
    }
    let mut numbers = 2..;
    let number = numbers.find(|number| !is_taken(&format!("{name}_{number}")));
    format!("{name}_{}", number.unwrap_or(2))
}
