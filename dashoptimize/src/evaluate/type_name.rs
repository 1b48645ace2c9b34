//! The name of a Rust type, as a person would say it.

/// The name of a type without paths.
pub(crate) fn type_words<T: ?Sized>() -> String {
    without_paths(std::any::type_name::<T>())
}

/// The name of a type as [`std::any::type_name`] gives it, without the paths in it. A closure is named
/// after the function that it is in.
pub(super) fn without_paths(type_name: &str) -> String {
    const CLOSURE: &str = "::{{closure}}";
    let outside = type_name.trim_end_matches(CLOSURE);
    let mut words = String::new();
    if outside.len() < type_name.len() {
        words.push_str("closure in ");
    }
    let mut pieces = outside.split("::").peekable();
    while let Some(piece) = pieces.next() {
        let is_last = pieces.peek().is_none();
        let kept = match is_last {
            true => piece,
            false => {
                piece.trim_end_matches(|letter: char| letter.is_alphanumeric() || letter == '_')
            }
        };
        words.push_str(kept);
        // A path that starts at something other than a name, as in `<Rate as Judge>::score`.
        if !is_last && kept.len() == piece.len() {
            words.push_str("::");
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_left_out() {
        assert_eq!(without_paths("app::metrics::is_right"), "is_right");
        assert_eq!(without_paths("is_right"), "is_right");
        assert_eq!(
            without_paths("for<'a, 'b> fn(&'a app::Quiz, &'b app::Quiz) -> bool"),
            "for<'a, 'b> fn(&'a Quiz, &'b Quiz) -> bool"
        );
        assert_eq!(
            without_paths("<app::Rate as app::Judge>::score"),
            "<Rate as Judge>::score"
        );
    }

    #[test]
    fn a_closure_is_named_after_its_function() {
        assert_eq!(without_paths("app::main::{{closure}}"), "closure in main");
        assert_eq!(
            without_paths("app::tune<app::Quiz>::{{closure}}::{{closure}}"),
            "closure in tune<Quiz>"
        );
    }
}
