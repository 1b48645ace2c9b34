//! Labelled rows: reading them from files, reporting what is wrong with them, and splitting them.

mod cell;
mod content_id;
mod csv_cells;
mod csv_rows;
mod dataset;
mod deal;
mod decode;
mod error;
mod input_id;
mod json_lines;
mod lines;
mod loader;
mod origin;
mod part_name;
mod parts;
mod ratio;
mod raw_row;
mod reading;
mod rows;
mod split;
mod splits;
mod whole_floats;

pub use content_id::{ContentId, ContentIdError};
pub use dataset::Dataset;
pub use error::{DataError, RowProblem};
pub use loader::Loader;
pub use origin::RowOrigin;
pub(crate) use parts::OpenHoldout;
pub use parts::{Holdout, Train, Val};
pub use ratio::Ratio;
pub use rows::Rows;
pub use splits::{Splits, SplitsBuilder};
