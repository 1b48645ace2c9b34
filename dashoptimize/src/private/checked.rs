//! A type of the user that may not be what the expansion needs.
//!
//! `<Checked<{ check }> as Known<T>>::Type` is `T`. If the check does not compile, that is the only error:
//! the compiler then has no type here, and reports nothing about its uses.

/// A type whose check compiles.
#[derive(Debug)]
pub struct Checked<const SOUND: bool>;

/// The type that was checked.
#[diagnostic::on_unimplemented(
    message = "`{T}` was not checked because of another error",
    label = "mend the other errors first"
)]
pub trait Known<T> {
    /// `T`.
    type Type;
}

#[diagnostic::do_not_recommend]
impl<T> Known<T> for Checked<true> {
    type Type = T;
}
