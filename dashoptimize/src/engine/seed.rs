//! Random numbers that depend on the seed of the run and on a name, and on nothing else.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// The generator of this name. Each use has a name of its own, so that one more draw in one place
/// changes nothing in another. The same on every platform.
pub(crate) fn rng(seed: u64, name: &str) -> ChaCha8Rng {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_le_bytes());
    hasher.update(name.as_bytes());
    ChaCha8Rng::from_seed(hasher.finalize().into())
}
