//! A type of the user's that may not be what the expansion needs.
//!
//! `<Checked<{ check }> as Known<T>>::Type` is `T`. Where the check does not compile, that is the error,
//! and the only one: the compiler then knows no type here, and is silent about all that is done with it.

/// A type whose check compiles.
#[derive(Debug)]
pub struct Checked<const SOUND: bool>;

/// The type that was checked.
pub trait Known<T> {
    /// `T`.
    type Type;
}

impl<T> Known<T> for Checked<true> {
    type Type = T;
}
