//! The identity of a state: a hash of its content.

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::state::State;

/// A hash of all prose, demos and parameters of a [`State`]. Equal states have equal ids, on every
/// machine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId([u8; 32]);

/// Bytes that are written out.
const SHOWN: usize = 8;

impl StateId {
    /// The id of a state. The order in which a demo lists its fields does not matter.
    pub(super) fn of(state: &State) -> Self {
        let mut json = serde_json::to_value(state)
            .expect("bug in dashoptimize: a state consists of texts, numbers and lists");
        json.sort_all_objects();
        Self(Sha256::digest(json.to_string()).into())
    }
}

/// The first 16 hexadecimal digits.
impl fmt::Display for StateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", base16ct::HexDisplay(&self.0[..SHOWN]))
    }
}

impl fmt::Debug for StateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateId({self})")
    }
}

impl Serialize for StateId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
