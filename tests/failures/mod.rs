//! What failures of providers, requests and metrics do to a run: nothing is won by them.

mod cannot_work;
mod choice;
mod endings;
mod random_patterns;
mod second_try;
