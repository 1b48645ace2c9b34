//! Checked prompts: what `include_prompt!` stands on.

pub use crate::artifact::fit::{FileField, FileJson, FilePredictor, FileValue};

use crate::artifact::Prompt;
use crate::artifact::fit::{ValueCheck, assert_fits};
use crate::module::{Module, Shape};
use crate::signature::{Fingerprint, Role};

/// One predictor in a file.
#[must_use]
pub const fn file_predictor<'a>(
    path: &'a str,
    fingerprint: u64,
    fields: &'a [FileField<'a>],
    prose: &'a [&'a str],
    demos: usize,
    values: &'a [FileValue<'a>],
) -> FilePredictor<'a> {
    FilePredictor {
        path,
        fingerprint: Fingerprint::from_bits(fingerprint),
        fields,
        prose,
        demos,
        values,
    }
}

/// One field of a signature in a file.
#[must_use]
pub const fn file_field<'a>(role: Role, name: &'a str, ty: &'a str) -> FileField<'a> {
    FileField { role, name, ty }
}

/// One value of a demo in a file.
#[must_use]
pub const fn file_value<'a>(
    demo: usize,
    role: Role,
    name: &'a str,
    json: FileJson<'a>,
) -> FileValue<'a> {
    FileValue {
        demo,
        role,
        name,
        check: ValueCheck::ToDo(json),
    }
}

/// The shape of a program.
///
/// # Panics
///
/// At compile time, where the program does not say it.
#[must_use]
#[track_caller]
pub const fn shape_of<M: Module>() -> Shape {
    assert!(
        M::SHAPE.count().is_some(),
        "this program does not say its predictors before it runs, so a file cannot be checked against \
         it; use `load` when it runs, or give its `Module` impl a `SHAPE`"
    );
    M::SHAPE
}

/// Refuses a file that does not fit a program of this shape.
///
/// # Panics
///
/// At compile time, with everything that does not fit.
#[track_caller]
pub const fn fits(shape: Shape, file: &[FilePredictor<'_>], origin: &str) {
    assert_fits(&shape, file, origin);
}

/// The prompts in a file that was checked.
#[must_use]
pub const fn prompt<M>(origin: &'static str, text: &'static str) -> Prompt<M> {
    Prompt::new(origin, text)
}
