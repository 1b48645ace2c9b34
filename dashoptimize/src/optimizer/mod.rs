//! Optimizers: each decides what to try next, and leaves everything else to the [engine](crate::engine).

mod better_together;
mod bootstrap;
mod bootstrap_few_shot;
mod given_metric;
mod knn_few_shot;
mod labeled_few_shot;
mod random_search;
mod stage;

pub use better_together::{BetterTogether, Stages, Then};
pub use bootstrap_few_shot::BootstrapFewShot;
pub use given_metric::{Given, GivenMetric};
pub use knn_few_shot::{Compare, Embedded, KNNFewShot, Lexical};
pub use labeled_few_shot::{LabeledFewShot, SamplingStrategy};
pub use random_search::RandomSearch;
pub use stage::{NoMetric, Stage};

pub use crate::engine::{OptimizeError, Optimized, Optimizer, Report, Search, Tried};
