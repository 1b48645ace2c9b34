//! Code of a pipeline that only an editor sees.

/// Code that only an editor sees: steps as they were written, finished or not.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __for_editors {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Code that only an editor sees: steps as they were written, finished or not.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __for_editors {
    ($($tokens:tt)*) => {};
}
