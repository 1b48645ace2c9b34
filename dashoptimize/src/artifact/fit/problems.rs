//! A list of what does not fit, in one text: a const can make no other list.

use super::program::Program;
use crate::signature::Words;

/// Comes before each problem.
const START: u8 = 0x1e;
/// Comes between the path of a predictor and its problem.
const AFTER_PATH: u8 = 0x1f;

/// The problems of one predictor.
pub(super) struct Problems<'w, 'b, 'p> {
    words: &'w mut Words<'b>,
    path: Path<'p>,
    count: usize,
}

/// Where a predictor is.
#[derive(Clone, Copy)]
pub(super) enum Path<'p> {
    InFile(&'p str),
    InProgram(Program<'p>, usize),
}

impl<'w, 'b, 'p> Problems<'w, 'b, 'p> {
    pub(super) const fn new(words: &'w mut Words<'b>, path: Path<'p>) -> Self {
        Self {
            words,
            path,
            count: 0,
        }
    }

    /// Starts a problem, whose words are pushed next.
    pub(super) const fn next(&mut self) -> &mut Words<'b> {
        self.count += 1;
        self.words.push_byte(START);
        match self.path {
            Path::InFile(path) => self.words.push(path),
            Path::InProgram(program, index) => program.push_path(self.words, index),
        }
        self.words.push_byte(AFTER_PATH);
        self.words
    }

    /// How many were started.
    pub(super) const fn count(&self) -> usize {
        self.count
    }
}

/// The list as paths and problems.
pub(super) fn split(list: &str) -> impl Iterator<Item = (&str, &str)> {
    let problems = list.split(char::from(START)).skip(1);
    problems.map(|problem| {
        let split = problem.split_once(char::from(AFTER_PATH));
        split.unwrap_or(("", problem))
    })
}

/// Pushes the list as lines, as in messages.
pub(super) const fn push_lines(words: &mut Words<'_>, list: &[u8]) {
    let mut i = 0;
    while i < list.len() {
        match list[i] {
            START => words.push("\n  predictor `"),
            AFTER_PATH => words.push("`: "),
            byte => words.push_byte(byte),
        }
        i += 1;
    }
}
