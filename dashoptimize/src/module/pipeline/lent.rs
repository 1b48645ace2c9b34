//! A step owns its value: what a method of a text or a list lends is copied, so that `answer.text.trim()` can
//! be the value of a step. No method that the user wrote is asked, because that may lend something which lives
//! longer, such as a `&'static str`.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::marker::PhantomData;

use serde_json::Value;

/// A type, known from a value of it.
#[derive(Debug)]
pub struct Type<T>(PhantomData<fn() -> T>);

/// The type of a value.
pub const fn type_of<T>(_: &T) -> Type<T> {
    Type(PhantomData)
}

/// What a value was asked for, and what it gave. Method calls find [`IsLent`] first where it is implemented.
#[derive(Debug)]
pub struct Lent<O, T>(pub Type<O>, pub Type<T>);

/// See [`Lent`]. A reference into the value.
pub trait IsLent {
    /// How to keep it.
    fn __dashoptimize_kind(&self) -> LentKind {
        LentKind
    }
}

impl<O: Owner, T: Lendable> IsLent for Lent<O, T> {}

/// See [`Lent`]. Anything else.
pub trait IsOwn {
    /// How to keep it.
    fn __dashoptimize_kind(&self) -> OwnKind {
        OwnKind
    }
}

impl<O, T> IsOwn for &Lent<O, T> {}

/// It is copied.
#[derive(Clone, Copy, Debug)]
pub struct LentKind;

impl LentKind {
    /// A copy of it.
    pub fn keep<T: Lendable>(self, lent: T) -> T::Owned {
        lent.owned()
    }
}

/// It is kept as it is.
#[derive(Clone, Copy, Debug)]
pub struct OwnKind;

impl OwnKind {
    /// The value as it is.
    pub fn keep<T>(self, value: T) -> T {
        value
    }
}

/// What lends parts of itself, and nothing else, by the methods of the standard library.
pub trait Owner {}

impl Owner for String {}
impl<T> Owner for Vec<T> {}
impl<T> Owner for VecDeque<T> {}
impl<T: Owner> Owner for Option<T> {}
impl<T: Owner + ?Sized> Owner for Box<T> {}
impl<K, V, S> Owner for HashMap<K, V, S> {}
impl<K, V> Owner for BTreeMap<K, V> {}
impl Owner for Value {}

/// What can be lent and copied.
pub trait Lendable {
    /// A copy.
    type Owned;

    /// It, copied.
    fn owned(self) -> Self::Owned;
}

impl<T: ToOwned + ?Sized> Lendable for &T {
    type Owned = T::Owned;

    fn owned(self) -> T::Owned {
        self.to_owned()
    }
}

impl<T: Lendable> Lendable for Option<T> {
    type Owned = Option<T::Owned>;

    fn owned(self) -> Option<T::Owned> {
        self.map(T::owned)
    }
}

impl<A: Lendable, B: Lendable> Lendable for (A, B) {
    type Owned = (A::Owned, B::Owned);

    fn owned(self) -> (A::Owned, B::Owned) {
        (self.0.owned(), self.1.owned())
    }
}
