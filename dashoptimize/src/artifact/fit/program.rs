//! A program, as far as a file can fit it: what its types say before it runs, or what it is.

use super::file::FilePredictor;
use crate::module::{Derived, DerivedField, DerivedFields, Piece, Shape};
use crate::signature::{Role, SignatureSpec, Words, push_field, text};

/// The predictors of a program.
#[derive(Clone, Copy, Debug)]
pub(super) enum Program<'a> {
    /// According to its types, at compile time.
    Shape(&'a Shape),
    /// The actual ones, at run time.
    Running(&'a [Running<'a>]),
}

/// A predictor at run time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Running<'a> {
    pub(super) path: &'a str,
    pub(super) spec: &'a SignatureSpec,
}

/// The signature of a predictor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spec<'a>(DerivedFields<'a>);

impl<'a> Program<'a> {
    pub(super) const fn count(&self) -> usize {
        match self {
            Self::Shape(shape) => match shape.count() {
                Some(count) => count,
                None => 0,
            },
            Self::Running(predictors) => predictors.len(),
        }
    }

    pub(super) const fn push_path(&self, words: &mut Words<'_>, index: usize) {
        match self {
            Self::Shape(shape) => shape.push_path(words, index),
            Self::Running(predictors) => words.push(predictors[index].path),
        }
    }

    /// The signature of a predictor. How many numbered fields it has is known only at run time;
    /// before, their number is taken from the file.
    pub(super) const fn spec(&self, index: usize, stored: &FilePredictor<'_>) -> Spec<'a> {
        match self {
            Self::Shape(shape) => {
                let (signature, pieces) = shape.predictor(index);
                let count = numbered(pieces, stored);
                Spec(DerivedFields::new(signature, pieces, count))
            }
            Self::Running(predictors) => {
                let pieces = &[Piece::Inputs, Piece::Outputs];
                Spec(DerivedFields::new(predictors[index].spec, pieces, 0))
            }
        }
    }

    /// The predictor of this path.
    pub(super) const fn find(&self, path: &str) -> Option<usize> {
        let mut index = 0;
        while index < self.count() {
            if self.is_at(index, path) {
                return Some(index);
            }
            index += 1;
        }
        None
    }

    pub(super) const fn is_at(&self, index: usize, path: &str) -> bool {
        let mut words = Words::expected(path);
        self.push_path(&mut words, index);
        words.are_expected()
    }
}

/// How many numbered fields a file has, at least 1.
const fn numbered(pieces: Derived, stored: &FilePredictor<'_>) -> usize {
    let mut most = 1;
    let mut i = 0;
    while i < pieces.len() {
        if let Piece::Numbered(field) = &pieces[i] {
            while has(
                stored,
                DerivedField {
                    field,
                    number: most + 1,
                },
            ) {
                most += 1;
            }
        }
        i += 1;
    }
    most
}

const fn has(stored: &FilePredictor<'_>, field: DerivedField<'_>) -> bool {
    let mut i = 0;
    while i < stored.fields.len() {
        if field.is_called(stored.fields[i].name) {
            return true;
        }
        i += 1;
    }
    false
}

impl<'a> Spec<'a> {
    /// All fields, inputs first.
    pub(super) const fn fields(&self) -> DerivedFields<'a> {
        self.0
    }

    /// The field of this name.
    pub(super) const fn find(&self, name: &str) -> Option<DerivedField<'a>> {
        let mut fields = self.fields();
        while let Some((field, rest)) = fields.next() {
            if field.is_called(name) {
                return Some(field);
            }
            fields = rest;
        }
        None
    }

    pub(super) const fn fingerprint(&self) -> u64 {
        let mut words = Words::hashed();
        let mut fields = self.fields();
        while let Some((field, rest)) = fields.next() {
            let DerivedField { field, number } = field;
            push_field(&mut words, field.role, text(&field.name), number, &field.ty);
            fields = rest;
        }
        words.hash()
    }

    /// Pushes `question, context -> answer`.
    pub(super) const fn push(&self, words: &mut Words<'_>) {
        let (mut is_first, mut is_after_arrow) = (true, false);
        let mut fields = self.fields();
        while let Some((field, rest)) = fields.next() {
            if field.field.role.is(Role::Output) && !is_after_arrow {
                words.push(" -> ");
                is_after_arrow = true;
            } else if !is_first {
                words.push(", ");
            }
            field.push_name(words);
            is_first = false;
            fields = rest;
        }
    }
}
