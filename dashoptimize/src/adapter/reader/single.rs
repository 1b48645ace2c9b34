//! Choices without ambiguity.

/// The only item. `None` if there is no item, or more than one.
pub(super) fn single<T>(items: impl IntoIterator<Item = T>) -> Option<T> {
    let mut items = items.into_iter();
    match (items.next(), items.next()) {
        (Some(item), None) => Some(item),
        _ => None,
    }
}
