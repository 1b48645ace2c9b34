//! A file against the types of a program, while it is compiled.

use super::compare::push_misfits;
use super::file::FilePredictor;
use super::problems::push_lines;
use super::program::Program;
use crate::module::Shape;
use crate::signature::Words;

/// The longest list of problems in a message of the compiler, in bytes.
const LONGEST: usize = 8192;

/// Panics with everything in a file that does not fit a program of this shape.
#[track_caller]
pub(crate) const fn assert_fits(shape: &Shape, file: &[FilePredictor<'_>], origin: &str) {
    let mut list = [0; LONGEST];
    let mut words = Words::kept(&mut list);
    push_misfits(&mut words, file, Program::Shape(shape));
    let length = words.length();
    if length == 0 {
        return;
    }
    let mut message = [0; 2 * LONGEST];
    let mut words = Words::kept(&mut message);
    words.push("`");
    words.push(origin);
    words.push("` does not fit this program; tune again, or undo the change in code or file");
    let kept = if length < LONGEST { length } else { LONGEST };
    push_lines(&mut words, list.split_at(kept).0);
    words.push(if length > LONGEST { " …" } else { "" });
    let length = words.length();
    panic!("{}", whole(message.split_at(length).0));
}

/// The text in these bytes, without a character that was cut in two.
const fn whole(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => whole(bytes.split_at(error.valid_up_to()).0),
    }
}
