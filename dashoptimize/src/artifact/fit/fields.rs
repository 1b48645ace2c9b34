//! What changed between the signature in a file and that of the program, field by field.

use super::file::{FileField, FilePredictor};
use super::problems::Problems;
use super::program::Spec;
use crate::module::DerivedField;
use crate::signature::{Words, push_type};

/// A signature in a file, and the program's.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    old: &'a [FileField<'a>],
    new: Spec<'a>,
}

impl<'a> Fields<'a> {
    pub(super) const fn new(stored: &FilePredictor<'a>, new: Spec<'a>) -> Self {
        Self {
            old: stored.fields,
            new,
        }
    }

    /// Pushes every change.
    pub(super) const fn push_changes(self, problems: &mut Problems<'_, '_, '_>) {
        let before = problems.count();
        let mut i = 0;
        while i < self.old.len() {
            if self.is_gone(i) {
                self.push_gone(i, problems);
            }
            i += 1;
        }
        let mut fields = self.new.fields();
        while let Some((field, rest)) = fields.next() {
            if self.is_added(field) && !self.is_renamed(field) {
                push_new(field, problems);
            }
            fields = rest;
        }
        let mut i = 0;
        while i < self.old.len() {
            if let Some(field) = self.new.find(self.old[i].name) {
                push_change(&self.old[i], field, problems);
            }
            i += 1;
        }
        if problems.count() == before && !self.are_in_order() {
            problems.next().push("the order of the fields changed");
        }
    }

    const fn push_gone(self, old: usize, problems: &mut Problems<'_, '_, '_>) {
        let words = problems.next();
        words.push("the ");
        words.push(self.old[old].role.as_str());
        words.push(" `");
        words.push(self.old[old].name);
        words.push("` is gone");
        if let Some(new) = self.renamed(old) {
            words.push("; was it renamed to `");
            new.push_name(words);
            words.push("`?");
        }
    }

    /// The likely new name of a removed field: that of the only new field with its role and type, if it is also
    /// the only removed one of that kind.
    const fn renamed(self, old: usize) -> Option<DerivedField<'a>> {
        let mut found = None;
        let mut fields = self.new.fields();
        while let Some((field, rest)) = fields.next() {
            if self.is_added(field) && is_alike(&self.old[old], field) {
                if found.is_some() || self.count_gone_like(field) > 1 {
                    return None;
                }
                found = Some(field);
            }
            fields = rest;
        }
        found
    }

    /// Whether a field of the program is a removed one under a new name.
    const fn is_renamed(self, new: DerivedField<'_>) -> bool {
        let mut i = 0;
        while i < self.old.len() {
            if self.is_gone(i) && is_alike(&self.old[i], new) && self.renamed(i).is_some() {
                return true;
            }
            i += 1;
        }
        false
    }

    /// How many removed fields had the role and type of this one.
    const fn count_gone_like(self, new: DerivedField<'_>) -> usize {
        let (mut i, mut count) = (0, 0);
        while i < self.old.len() {
            count += (self.is_gone(i) && is_alike(&self.old[i], new)) as usize;
            i += 1;
        }
        count
    }

    /// Whether the program lacks a field of the file.
    const fn is_gone(self, old: usize) -> bool {
        self.new.find(self.old[old].name).is_none()
    }

    /// Whether the file lacks a field of the program.
    const fn is_added(self, new: DerivedField<'_>) -> bool {
        let mut i = 0;
        while i < self.old.len() {
            if new.is_called(self.old[i].name) {
                return false;
            }
            i += 1;
        }
        true
    }

    const fn are_in_order(self) -> bool {
        let mut fields = self.new.fields();
        let mut i = 0;
        while i < self.old.len() {
            match fields.next() {
                Some((field, rest)) if field.is_called(self.old[i].name) => fields = rest,
                _ => return false,
            }
            i += 1;
        }
        true
    }
}

const fn push_new(new: DerivedField<'_>, problems: &mut Problems<'_, '_, '_>) {
    let words = problems.next();
    words.push("the ");
    words.push(new.field.role.as_str());
    words.push(" `");
    new.push_name(words);
    words.push("` is new");
}

const fn push_change(
    old: &FileField<'_>,
    new: DerivedField<'_>,
    problems: &mut Problems<'_, '_, '_>,
) {
    if !old.role.is(new.field.role) {
        let words = start_was(problems, old.name);
        words.push("an ");
        words.push(old.role.as_str());
        words.push(", is an ");
        words.push(new.field.role.as_str());
    } else if !is_of_type(old, new) {
        let words = start_was(problems, old.name);
        words.push(old.ty);
        words.push(", is ");
        push_type(words, &new.field.ty);
    }
}

const fn start_was<'w, 'b>(
    problems: &'w mut Problems<'_, 'b, '_>,
    name: &str,
) -> &'w mut Words<'b> {
    let words = problems.next();
    words.push("`");
    words.push(name);
    words.push("` was ");
    words
}

const fn is_alike(old: &FileField<'_>, new: DerivedField<'_>) -> bool {
    old.role.is(new.field.role) && is_of_type(old, new)
}

const fn is_of_type(old: &FileField<'_>, new: DerivedField<'_>) -> bool {
    let mut words = Words::expected(old.ty);
    push_type(&mut words, &new.field.ty);
    words.are_expected()
}
