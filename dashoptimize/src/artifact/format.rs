//! The version of the file format.

/// The format that this version writes, and the only one that it reads.
pub(super) const FORMAT: u32 = 1;
