//! A file against a program: everything that does not fit.

use super::fields::Fields;
use super::file::{FilePredictor, FileValue, ValueCheck};
use super::problems::{Path, Problems};
use super::program::{Program, Spec};
use super::values::{Place, push_problem};
use crate::module::DerivedField;
use crate::signature::{Role, Words, same};

/// Pushes everything that does not fit: first the predictors of the program in their order, then those
/// that only the file has.
pub(super) const fn push_misfits(
    words: &mut Words<'_>,
    file: &[FilePredictor<'_>],
    program: Program<'_>,
) {
    let mut index = 0;
    while index < program.count() {
        match stored_at(file, program, index) {
            Some(stored) => push_misfits_of(words, stored, program.spec(index, stored)),
            None => {
                let mut problems = Problems::new(words, Path::InProgram(program, index));
                push_not_in_file(problems.next(), file, program, index);
            }
        }
        index += 1;
    }
    let mut i = 0;
    while i < file.len() {
        if program.find(file[i].path).is_none() {
            let mut problems = Problems::new(words, Path::InFile(file[i].path));
            let words = problems.next();
            words.push("the program has no such predictor; it has ");
            push_paths(words, program);
        }
        i += 1;
    }
}

const fn push_misfits_of(words: &mut Words<'_>, stored: &FilePredictor<'_>, spec: Spec<'_>) {
    let mut problems = Problems::new(words, Path::InFile(stored.path));
    Fields::new(stored, spec).push_changes(&mut problems);
    if problems.count() == 0 && stored.fingerprint.bits() != spec.fingerprint() {
        let words = problems.next();
        words.push("the fingerprint of this signature is ");
        words.push_hex(spec.fingerprint());
        words.push(", the file says ");
        words.push_hex(stored.fingerprint.bits());
    }
    let mut i = 0;
    while i < stored.prose.len() {
        if spec.find(stored.prose[i]).is_none() {
            let words = problems.next();
            words.push("prose of a field `");
            words.push(stored.prose[i]);
            words.push("` that ");
            spec.push(words);
            words.push(" lacks");
        }
        i += 1;
    }
    push_misfits_of_demos(&mut problems, stored, spec);
}

const fn push_misfits_of_demos(
    problems: &mut Problems<'_, '_, '_>,
    stored: &FilePredictor<'_>,
    spec: Spec<'_>,
) {
    let (mut demo, mut i) = (0, 0);
    while demo < stored.demos {
        let (mut inputs, mut outputs) = (0, 0);
        while i < stored.values.len() && stored.values[i].demo == demo {
            match stored.values[i].role {
                Role::Input => inputs += 1,
                Role::Output => outputs += 1,
            }
            push_misfit_of_value(problems, stored, &stored.values[i], spec);
            i += 1;
        }
        if inputs == 0 || outputs == 0 {
            let words = start_demo(problems, demo);
            words.push("needs at least one input and one output");
        }
        demo += 1;
    }
}

const fn push_misfit_of_value(
    problems: &mut Problems<'_, '_, '_>,
    stored: &FilePredictor<'_>,
    value: &FileValue<'_>,
    spec: Spec<'_>,
) {
    if let Some(field) = field_of(spec, value) {
        // Measured first: a problem starts with the path of its predictor.
        let mut measured = Words::hashed();
        push_mismatch(&mut measured, value, field);
        if measured.length() > 0 {
            push_mismatch(start_demo(problems, value.demo), value, field);
        }
    } else if !is_in_signature(stored, value) {
        let words = start_demo(problems, value.demo);
        words.push("`");
        words.push(value.name);
        words.push("` is not an ");
        words.push(value.role.as_str());
        words.push(" of ");
        spec.push(words);
    }
}

/// Pushes the first place where a value is not of the type of its field; nothing if it is.
const fn push_mismatch(words: &mut Words<'_>, value: &FileValue<'_>, field: DerivedField<'_>) {
    match value.check {
        ValueCheck::ToDo(json) => {
            push_problem(words, &field.field.ty, json, &Place::field(value.name));
        }
        ValueCheck::Done(problem) => words.push(problem),
    }
}

const fn field_of<'a>(spec: Spec<'a>, value: &FileValue<'_>) -> Option<DerivedField<'a>> {
    match spec.find(value.name) {
        Some(field) if field.field.role.is(value.role) => Some(field),
        _ => None,
    }
}

/// Whether the signature in the file has the field of a value. If the program's lacks it, that is reported
/// of the field, and not again of each demo.
const fn is_in_signature(stored: &FilePredictor<'_>, value: &FileValue<'_>) -> bool {
    let mut i = 0;
    while i < stored.fields.len() {
        let field = &stored.fields[i];
        if same(field.name, value.name) && field.role.is(value.role) {
            return true;
        }
        i += 1;
    }
    false
}

const fn start_demo<'w, 'b>(
    problems: &'w mut Problems<'_, 'b, '_>,
    demo: usize,
) -> &'w mut Words<'b> {
    let words = problems.next();
    words.push("demos[");
    words.push_number(demo as i128);
    words.push("]: ");
    words
}

/// Pushes that the file lacks a predictor, and which of those that the program lacks it may have been.
const fn push_not_in_file(
    words: &mut Words<'_>,
    file: &[FilePredictor<'_>],
    program: Program<'_>,
    missing: usize,
) {
    let (mut found, mut count) = ("", 0);
    let mut i = 0;
    while i < file.len() {
        let stored = &file[i];
        let fingerprint = program.spec(missing, stored).fingerprint();
        if program.find(stored.path).is_none() && stored.fingerprint.bits() == fingerprint {
            found = stored.path;
            count += 1;
        }
        i += 1;
    }
    if count == 1 {
        words.push("the file lacks it, but has `");
        words.push(found);
        words.push("` of the same signature; was it renamed?");
    } else {
        words.push("the file lacks it; it has ");
        push_paths_in(words, file);
    }
}

const fn push_paths(words: &mut Words<'_>, program: Program<'_>) {
    let mut index = 0;
    while index < program.count() {
        words.push(if index > 0 { "`, `" } else { "`" });
        program.push_path(words, index);
        index += 1;
    }
    words.push(if index > 0 { "`" } else { "none" });
}

const fn push_paths_in(words: &mut Words<'_>, file: &[FilePredictor<'_>]) {
    let mut i = 0;
    while i < file.len() {
        words.push(if i > 0 { "`, `" } else { "`" });
        words.push(file[i].path);
        i += 1;
    }
    words.push(if i > 0 { "`" } else { "none" });
}

const fn stored_at<'s, 'a>(
    file: &'s [FilePredictor<'a>],
    program: Program<'_>,
    index: usize,
) -> Option<&'s FilePredictor<'a>> {
    let mut i = 0;
    while i < file.len() {
        if program.is_at(index, file[i].path) {
            return Some(&file[i]);
        }
        i += 1;
    }
    None
}
