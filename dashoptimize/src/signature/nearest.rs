//! "Did you mean …?"

/// The known name that a misspelled one is nearest to, if any is near. Of equally near ones the first.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.into_iter().filter_map(|known| {
        let most = 1 + known.len().min(name.len()) / 4;
        // What differs in length by more than that is far, and need not be measured.
        let distance = (known.len().abs_diff(name.len()) <= 2 * most)
            .then(|| distance(name, known))
            .filter(|distance| *distance <= most)?;
        Some((distance, known))
    });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// `` `a`, `b` and `c` ``
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// How many letters must be changed, added, dropped or swapped with their neighbour to turn one word
/// into the other, whatever their case.
pub(super) fn distance(one: &str, other: &str) -> usize {
    strsim::osa_distance(&one.to_lowercase(), &other.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised_and_a_stranger_is_not() {
        let known = ["search", "calculator", "finish"];
        assert_eq!(nearest("serach", known), Some("search"));
        assert_eq!(nearest("Calculater", known), Some("calculator"));
        assert_eq!(nearest("google", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"search".repeat(100_000), known), None);
    }

    #[test]
    fn names_are_listed_as_a_person_would() {
        assert_eq!(list([]), "");
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
