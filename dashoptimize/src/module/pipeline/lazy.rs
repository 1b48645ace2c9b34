//! `a && b` and `a || b` in code, where `b` calls a module.

/// The left side of a `&&` or `||` whose right side is an `R`.
#[diagnostic::on_unimplemented(
    message = "`&&` and `||` are between two `bool`s; only after a call of a module, `||` stands before what is \
               tried if that fails",
    label = "this is a `{Self}`, and the other side is a `{R}`",
    note = "to call a module where code has no value, write `match … {{ Some(value) => value, None => … }}`"
)]
pub trait LeftOf<R> {
    /// Whether it holds.
    fn holds(&self) -> bool;

    /// It as a value of the whole.
    fn value(self) -> R;
}

impl LeftOf<Self> for bool {
    fn holds(&self) -> bool {
        *self
    }

    fn value(self) -> Self {
        self
    }
}

/// A left side, and how it is the value of the whole.
#[derive(Debug)]
pub struct Left<R> {
    holds: bool,
    value: R,
}

/// The left side of a `&&` or `||`.
pub fn left_of<R, L: LeftOf<R>>(left: L) -> Left<R> {
    Left {
        holds: left.holds(),
        value: left.value(),
    }
}

impl<R> Left<R> {
    /// Whether it holds.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.holds
    }

    /// It as a value of the whole.
    pub fn value(self) -> R {
        self.value
    }
}
