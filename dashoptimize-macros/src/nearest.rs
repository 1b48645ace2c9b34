//! "Did you mean …?"

/// The known name that a misspelled one is nearest to, if any is near.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&lower, &known.to_lowercase());
    let near = |known: &str| distance(known) <= 1 + known.len().min(name.len()) / 4;
    known
        .iter()
        .copied()
        .filter(|known| near(known))
        .min_by_key(|known| distance(known))
}

/// What to write instead of an unknown name: `did you mean …?`, or the list.
pub(crate) fn suggestion(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(known) => format!("did you mean `{known}`?"),
        None if known.len() == 1 => format!("write {}", list(known)),
        None => format!("write one of {}", list(known)),
    }
}

/// `` `a`, `b` and `c` ``
pub(crate) fn list<T: AsRef<str>>(names: &[T]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["desc", "prefix", "check", "assert"];

    #[test]
    fn a_misspelled_name_is_recognised() {
        assert_eq!(nearest("chek", &KNOWN), Some("check"));
        assert_eq!(nearest("Prefix", &KNOWN), Some("prefix"));
        assert_eq!(nearest("dsec", &KNOWN), Some("desc"));
    }

    #[test]
    fn an_unknown_name_gets_the_list() {
        assert_eq!(nearest("temperature", &KNOWN), None);
        assert_eq!(
            suggestion("temperature", &KNOWN),
            "write one of `desc`, `prefix`, `check` and `assert`"
        );
    }
}
