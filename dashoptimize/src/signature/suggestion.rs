//! Suggestions for misspelled names: "did you mean …?"

/// The known name that is closest to a misspelled one, if any is close. Of equally close names, the
/// first.
pub(crate) fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    closest_within(name, known, |known| 1 + known.len().min(name.len()) / 4)
}

/// The known name that is closest to a misspelled one, if the distance is not more than `most` allows
/// for it. Of equally close names, the first.
pub(super) fn closest_within<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    most: impl Fn(&str) -> usize,
) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let close = known.into_iter().filter_map(|known| {
        let most = most(known);
        // Names whose lengths differ this much are far apart. The check bounds the cost for long names.
        if known.len().abs_diff(name.len()) > 2 * most {
            return None;
        }
        let distance = strsim::osa_distance(&lower, &known.to_lowercase());
        (distance <= most).then_some((distance, known))
    });
    close
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// `` `a`, `b` and `c` ``
pub(crate) fn quoted_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_is_recognised_and_an_unrelated_name_is_not() {
        let known = ["search", "calculator", "finish"];
        assert_eq!(closest("serach", known), Some("search"));
        assert_eq!(closest("Calculater", known), Some("calculator"));
        assert_eq!(closest("google", known), None);
        assert_eq!(closest("", known), None);
        assert_eq!(closest(&"search".repeat(100_000), known), None);
    }

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        assert_eq!(quoted_list([]), "");
        assert_eq!(quoted_list(["a"]), "`a`");
        assert_eq!(quoted_list(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
