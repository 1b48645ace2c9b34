//! Graphs of programs.

mod svg;
