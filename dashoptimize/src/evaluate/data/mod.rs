//! Labelled rows: reading them from files, reporting what is wrong with them, and splitting them.

mod cell;
mod content_id;
mod csv_rows;
mod dataset;
mod decode;
mod error;
mod json_lines;
mod lines;
mod loader;
mod origin;
mod part_name;
mod parts;
mod raw_row;
mod reading;
mod rows;
mod split;
mod splits;

pub use content_id::{ContentId, ContentIdError};
pub use dataset::Dataset;
pub use error::{DataError, RowProblem};
pub use loader::Loader;
pub use origin::RowOrigin;
pub(crate) use parts::OpenHoldout;
pub use parts::{Holdout, Train, Val};
pub use rows::Rows;
pub use split::Ratio;
pub use splits::{Splits, SplitsBuilder};
