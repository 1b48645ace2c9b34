//! The threads that compute for a model.

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::error::LocalError;

/// Starts the threads. They sleep while there is nothing to compute.
pub(super) fn pool(threads: usize) -> Result<ThreadPool, LocalError> {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("local-model-{index}"))
        .build()
        .map_err(|error| LocalError::Threads(error.to_string()))
}
