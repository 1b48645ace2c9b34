//! Labelled rows: where they come from, what is wrong with them, and how they are split.

mod cell;
mod content_id;
mod csv_rows;
mod dataset;
mod decode;
mod error;
mod json_lines;
mod lines;
mod loader;
mod parts;
mod raw_row;
mod split;
mod splits;

pub use content_id::ContentId;
pub use dataset::{Dataset, Origin};
pub use error::{DataError, RowProblem};
pub use loader::Loader;
pub use parts::{Holdout, Train, Val};
pub use split::Ratio;
pub use splits::Splits;
