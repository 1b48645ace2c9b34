//! What is known about a program before it runs: its predictors, and the fields of each.

use std::borrow::Cow;

use crate::signature::suggestion::quoted_list;
use crate::signature::{Field, Reads, Role, SignatureSpec, Words, items, same, text, written};

/// The predictors of a program as const data, so that a stored prompt can be checked against them at
/// compile time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Shape {
    /// A program that was written by hand and does not list its predictors.
    Unknown,
    /// A module over a signature, such as every [`ValueModule`](super::ValueModule). Inside a program of
    /// parts, a single predictor has the path of its part, and the paths of several start with it.
    Over {
        /// The signature.
        signature: &'static SignatureSpec,
        /// The module's predictors by name; see
        /// [`ValueModule::PREDICTORS`](super::ValueModule::PREDICTORS).
        predictors: &'static [(&'static str, Derived)],
    },
    /// A program of named parts; the paths inside a part follow its name.
    Parts(&'static [(&'static str, Self)]),
}

/// How the signature of a predictor is derived from the signature of its module: pieces, in the order of
/// the fields.
pub type Derived = &'static [Piece];

/// A piece of a derived signature.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Piece {
    /// The inputs of the module's signature.
    Inputs,
    /// The outputs of the module's signature.
    Outputs,
    /// Fields that the module adds.
    Added(&'static [Field]),
    /// A field that the module adds several times, with the numbers from 1 on after its name. How many there
    /// are is known when the program runs.
    Numbered(&'static Field),
}

impl Shape {
    /// The predictors, as they are when the program runs: path and signature of each, in order. `None` if a
    /// part of the program does not list them. `count` is how many [`Numbered`](Piece::Numbered)
    /// fields there are.
    #[must_use]
    pub fn predictors(&self, count: usize) -> Option<Vec<(String, SignatureSpec)>> {
        let predictors = (0..self.count()?).map(|index| {
            let (signature, pieces) = self.predictor(index);
            let path = written(|words| self.push_path(words, index));
            (path, derive(signature, pieces, count))
        });
        Some(predictors.collect())
    }

    /// Whether the predictor takes the name that the program gets in a larger one. It does if it is the only
    /// predictor of a module over a signature; otherwise predictors keep their paths after the name.
    pub(crate) const fn takes_name(&self) -> bool {
        matches!(self, Self::Over { predictors, .. } if predictors.len() == 1)
    }

    /// How many predictors there are; `None` if a part of the program does not list them.
    pub(crate) const fn count(&self) -> Option<usize> {
        match self {
            Self::Unknown => None,
            Self::Over { predictors, .. } => Some(predictors.len()),
            Self::Parts(parts) => {
                let mut count = 0;
                let mut i = 0;
                while i < parts.len() {
                    match parts[i].1.count() {
                        Some(more) => count += more,
                        None => return None,
                    }
                    i += 1;
                }
                Some(count)
            }
        }
    }

    /// The signature that a predictor's is derived from, and how.
    ///
    /// # Panics
    ///
    /// If there is no predictor with this index.
    pub(crate) const fn predictor(&self, index: usize) -> (&'static SignatureSpec, Derived) {
        match self {
            Self::Unknown => panic!("bug in dashoptimize: an unknown shape has no predictors"),
            Self::Over {
                signature,
                predictors,
            } => (signature, predictors[index].1),
            Self::Parts(parts) => {
                let (part, index) = part_of(parts, index);
                parts[part].1.predictor(index)
            }
        }
    }

    /// Pushes the path of a predictor, as it is if the program is not part of a larger one.
    pub(crate) const fn push_path(&self, words: &mut Words<'_>, index: usize) {
        match self {
            Self::Unknown => {}
            Self::Over { predictors, .. } => words.push(predictors[index].0),
            Self::Parts(parts) => {
                let (part, index) = part_of(parts, index);
                words.push(parts[part].0);
                parts[part].1.push_path_inside(words, index);
            }
        }
    }

    /// Pushes what follows the name that the program has inside a larger one: nothing if the predictor takes
    /// the name.
    const fn push_path_inside(&self, words: &mut Words<'_>, index: usize) {
        if !self.takes_name() {
            words.push(".");
            self.push_path(words, index);
        }
    }
}

/// The part that a predictor is in, and its index there.
const fn part_of(parts: &[(&str, Shape)], mut index: usize) -> (usize, usize) {
    let mut part = 0;
    loop {
        let count = match parts[part].1.count() {
            Some(count) => count,
            None => panic!("bug in dashoptimize: a part does not list its predictors"),
        };
        if index < count {
            return (part, index);
        }
        index -= count;
        part += 1;
    }
}

/// A field of a derived signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DerivedField<'a> {
    pub(crate) field: &'a Field,
    /// The number after its name and prefix, from 1; 0 stands for no number.
    pub(crate) number: usize,
}

impl DerivedField<'_> {
    /// Pushes the name.
    pub(crate) const fn push_name(&self, words: &mut Words<'_>) {
        words.push(text(&self.field.name));
        if self.number > 0 {
            words.push_number(self.number as i128);
        }
    }

    /// Whether it has this name.
    pub(crate) const fn is_called(&self, name: &str) -> bool {
        if self.number == 0 {
            return same(text(&self.field.name), name);
        }
        let mut words = Words::expected(name);
        self.push_name(&mut words);
        words.are_expected()
    }

    fn to_field(self) -> Field {
        if self.number == 0 {
            return self.field.clone();
        }
        let (name, number) = (&self.field.name, self.number);
        let prefix = self.field.prefix.trim_end_matches(':');
        Field {
            name: format!("{name}{number}").into(),
            prefix: format!("{prefix} {number}:").into(),
            ..self.field.clone()
        }
    }
}

/// Goes through the fields of the signature that these pieces make of another one: first the inputs,
/// whatever the order of the pieces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DerivedFields<'a> {
    signature: &'a SignatureSpec,
    pieces: &'a [Piece],
    count: usize,
    role: Role,
    /// Index of the next piece, and of the field in it.
    piece: usize,
    field: usize,
}

impl<'a> DerivedFields<'a> {
    /// `count` is how many [`Numbered`](Piece::Numbered) fields there are.
    pub(crate) const fn new(
        signature: &'a SignatureSpec,
        pieces: &'a [Piece],
        count: usize,
    ) -> Self {
        Self {
            signature,
            pieces,
            count,
            role: Role::Input,
            piece: 0,
            field: 0,
        }
    }

    /// The first field, and the others.
    pub(crate) const fn next(mut self) -> Option<(DerivedField<'a>, Self)> {
        loop {
            if self.piece == self.pieces.len() {
                if self.role.is(Role::Output) {
                    return None;
                }
                (self.role, self.piece, self.field) = (Role::Output, 0, 0);
                continue;
            }
            match self.field_here() {
                Some(field) => {
                    self.field += 1;
                    if field.field.role.is(self.role) {
                        return Some((field, self));
                    }
                }
                None => (self.piece, self.field) = (self.piece + 1, 0),
            }
        }
    }

    /// The field at the current place, whatever its role; `None` at the end of a piece.
    const fn field_here(&self) -> Option<DerivedField<'a>> {
        let fields: &'a [Field] = match &self.pieces[self.piece] {
            Piece::Inputs if self.role.is(Role::Input) => items(&self.signature.fields),
            Piece::Outputs if self.role.is(Role::Output) => items(&self.signature.fields),
            Piece::Inputs | Piece::Outputs => &[],
            Piece::Added(added) => added,
            Piece::Numbered(field) if self.field < self.count => {
                let number = self.field + 1;
                return Some(DerivedField { field, number });
            }
            Piece::Numbered(_) => &[],
        };
        if self.field < fields.len() {
            let field = &fields[self.field];
            Some(DerivedField { field, number: 0 })
        } else {
            None
        }
    }
}

/// The signature that these pieces make of another one. `count` is how many
/// [`Numbered`](Piece::Numbered) fields there are.
pub(crate) fn derive(signature: &SignatureSpec, pieces: &[Piece], count: usize) -> SignatureSpec {
    let mut fields = Vec::new();
    let mut rest = DerivedFields::new(signature, pieces, count);
    while let Some((field, others)) = rest.next() {
        fields.push(field.to_field());
        rest = others;
    }
    SignatureSpec {
        name: signature.name.clone(),
        instructions: signature.instructions.clone(),
        fields: Cow::Owned(fields),
    }
}

/// A field that a module adds to a signature.
pub(crate) const fn added(
    name: &'static str,
    role: Role,
    ty: crate::signature::Ty,
    desc: &'static str,
    prefix: &'static str,
) -> Field {
    Field {
        name: Cow::Borrowed(name),
        role,
        ty,
        desc: Cow::Borrowed(desc),
        prefix: Cow::Borrowed(prefix),
        checks: Cow::Borrowed(&[]),
        reads: Reads::ALL,
    }
}

/// "`a` and `b`", to fill into instructions.
pub(super) fn names<'a>(fields: impl Iterator<Item = &'a Field>) -> String {
    quoted_list(fields.map(|field| &*field.name))
}

/// Panics if the signature has a field that the module adds.
pub(super) fn refuse_taken(module: &str, signature: &SignatureSpec, added: &[&[Field]]) {
    for field in added.iter().copied().flatten() {
        let name = &field.name;
        assert!(
            signature.field(name).is_none(),
            "`{module}` adds the field `{name}`, which `{}` already has; rename it",
            signature.name
        );
    }
}
