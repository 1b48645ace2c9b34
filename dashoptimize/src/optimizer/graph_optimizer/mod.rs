//! `GraphOptimizer`: all predictors of a program, improved for the final answer.

mod default_inner;
mod news;
mod optimizer;
mod search;
mod strategy;
mod worth;

pub use default_inner::DefaultInner;
pub use news::GraphNews;
pub use optimizer::GraphOptimizer;
pub use strategy::OptimizationStrategy;
