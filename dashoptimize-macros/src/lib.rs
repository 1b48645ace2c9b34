//! The macros of `dashoptimize`.
