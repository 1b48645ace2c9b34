//! SHA-256 of files and of data that is being written.

use std::fs::File;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The hash of a file, in lower-case hexadecimal digits.
pub(super) fn sha256(path: &Path) -> io::Result<String> {
    let mut hasher = Hasher::default();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.hex())
}

/// Hashes everything that is written to it.
#[derive(Default)]
pub(super) struct Hasher(Sha256);

impl Hasher {
    /// The hash, in lower-case hexadecimal digits.
    pub(super) fn hex(self) -> String {
        base16ct::lower::encode_string(&self.0.finalize())
    }
}

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
