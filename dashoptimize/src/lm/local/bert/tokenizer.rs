//! The tokenizer of an embedding model, as its `tokenizer.json` describes it.

use std::fs;
use std::path::Path;

use tokenizers::{TruncationDirection, TruncationParams, TruncationStrategy};

use crate::lm::local::error::{Flaw, LocalError};

/// The tokenizer of an embedding model.
#[derive(Debug)]
pub(super) struct WordPieceTokenizer(tokenizers::Tokenizer);

impl WordPieceTokenizer {
    /// Reads a `tokenizer.json`. Its settings for truncation and padding are ignored: a text is cut to
    /// `max_tokens` tokens, including the special tokens at both ends, and is never padded.
    pub(super) fn open(path: &Path, max_tokens: usize) -> Result<Self, LocalError> {
        let bytes = fs::read(path).map_err(LocalError::io(path))?;
        Self::read(&bytes, max_tokens).map_err(|flaw| flaw.at(path))
    }

    fn read(bytes: &[u8], max_tokens: usize) -> Result<Self, Flaw> {
        let flaw = |error: tokenizers::Error| Flaw::malformed(error.to_string());
        let mut inner = tokenizers::Tokenizer::from_bytes(bytes).map_err(flaw)?;
        let truncation = TruncationParams {
            direction: TruncationDirection::Right,
            max_length: max_tokens,
            strategy: TruncationStrategy::LongestFirst,
            stride: 0,
        };
        inner.with_truncation(Some(truncation)).map_err(flaw)?;
        inner.with_padding(None);
        Ok(Self(inner))
    }

    /// The number of tokens.
    pub(super) fn vocabulary(&self) -> usize {
        let ids = self.0.get_vocab(true).into_values();
        ids.max().map_or(0, |last| last as usize + 1)
    }

    /// The tokens of a text, including the special tokens at both ends.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u32>, tokenizers::Error> {
        Ok(self.0.encode_fast(text, true)?.get_ids().to_vec())
    }
}
