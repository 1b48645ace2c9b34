//! From text to tokens, as the file beside the weights says.

use std::fs;
use std::path::Path;

use tokenizers::{TruncationDirection, TruncationParams, TruncationStrategy};

use super::super::error::{Flaw, LocalError};

/// The tokenizer of an embedding model.
#[derive(Debug)]
pub(super) struct Tokenizer(tokenizers::Tokenizer);

impl Tokenizer {
    /// Reads a `tokenizer.json`. What the file says of cutting and filling up texts does not count:
    /// at most `max_tokens` tokens are kept, those at both ends included, and none is added.
    pub(super) fn open(path: &Path, max_tokens: usize) -> Result<Self, LocalError> {
        let bytes = fs::read(path).map_err(|source| LocalError::Io {
            path: path.to_path_buf(),
            source,
        })?;
        Self::read(&bytes, max_tokens).map_err(|flaw| flaw.at(path))
    }

    fn read(bytes: &[u8], max_tokens: usize) -> Result<Self, Flaw> {
        let flaw = |error: tokenizers::Error| Flaw::malformed(error.to_string());
        let mut inner = tokenizers::Tokenizer::from_bytes(bytes).map_err(flaw)?;
        let cut = TruncationParams {
            direction: TruncationDirection::Right,
            max_length: max_tokens,
            strategy: TruncationStrategy::LongestFirst,
            stride: 0,
        };
        inner.with_truncation(Some(cut)).map_err(flaw)?;
        inner.with_padding(None);
        Ok(Self(inner))
    }

    /// Number of tokens it knows.
    pub(super) fn vocabulary(&self) -> usize {
        let ids = self.0.get_vocab(true).into_values();
        ids.max().map_or(0, |last| last as usize + 1)
    }

    /// The tokens of a text, those at both ends included.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u32>, tokenizers::Error> {
        Ok(self.0.encode_fast(text, true)?.get_ids().to_vec())
    }
}
