//! Texts and lists that are const data of the program or are made at run time.

use std::borrow::Cow;

/// A text that is const data of the program, or that was made at run time.
pub type Text = Cow<'static, str>;

/// The text itself. A `Cow` cannot be dereferenced in a `const fn`.
pub(crate) const fn text(text: &Text) -> &str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => text.as_str(),
    }
}

/// The items of a list. A `Cow` cannot be dereferenced in a `const fn`.
#[expect(
    clippy::ptr_arg,
    reason = "the function exists to look inside the `Cow`"
)]
pub(crate) const fn items<'a, T: Clone>(list: &'a Cow<'static, [T]>) -> &'a [T] {
    match list {
        Cow::Borrowed(items) => items,
        Cow::Owned(items) => items.as_slice(),
    }
}
