//! The network of small embedding models: BERT, the mean of its rows, length 1.
//!
//! Texts are computed by the same arithmetic as language models (`tile`), so that the vector of a
//! text has the same bits alone and beside others, with any number of threads and on any processor.

mod file;
mod gelu;
mod layer;
mod network;
mod tokenizer;

#[cfg(test)]
mod tests;

use std::path::Path;

use rayon::ThreadPool;

use self::file::NamedMatrices;
use self::network::Network;
use self::tokenizer::Tokenizer;
use super::error::{Flaw, LocalError};
use super::worker;

/// Tokens of one pass, unless a single text has more: enough to share each weight among many, and
/// few enough to keep the memory of a pass small.
const PASS_TOKENS: usize = 1024;

/// A loaded network with its tokenizer and its threads.
#[derive(Debug)]
pub(crate) struct Bert {
    network: Network,
    tokenizer: Tokenizer,
    pool: ThreadPool,
}

impl Bert {
    /// Loads a network with so many attention heads in each layer. Of a text it will read
    /// `max_tokens` tokens.
    pub(crate) fn load(
        weights: &Path,
        tokenizer: &Path,
        heads: usize,
        max_tokens: usize,
        threads: usize,
    ) -> Result<Self, LocalError> {
        let pool = worker::pool(threads)?;
        let mut file = NamedMatrices::open(weights)?;
        let network = pool
            .install(|| Network::load(&mut file, heads))
            .map_err(|flaw| flaw.at(weights))?;
        let max_tokens = max_tokens.min(network.positions());
        let read = Tokenizer::open(tokenizer, max_tokens)?;
        if read.vocabulary() > network.vocabulary() {
            let (named, known) = (read.vocabulary(), network.vocabulary());
            let what = format!("it names {named} tokens, but the weights know {known}");
            return Err(Flaw::malformed(what).at(tokenizer));
        }
        Ok(Self {
            network,
            tokenizer: read,
            pool,
        })
    }

    /// Numbers of a vector.
    pub(crate) const fn dimension(&self) -> usize {
        self.network.width()
    }

    /// The vectors of these texts, of length 1. Of a text that is too long the first tokens count.
    pub(crate) fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, tokenizers::Error> {
        let texts = texts.iter().map(|text| self.tokenizer.encode(text));
        let texts = texts.collect::<Result<Vec<_>, _>>()?;
        let mut vectors = Vec::with_capacity(texts.len());
        for pass in passes(&texts) {
            vectors.extend(self.pool.install(|| self.network.read(pass)));
        }
        Ok(vectors)
    }
}

/// Cuts texts into groups that are computed together.
fn passes(texts: &[Vec<u32>]) -> impl Iterator<Item = &[Vec<u32>]> {
    let mut tokens = 0;
    texts.chunk_by(move |text, next| {
        tokens += text.len();
        let fits = tokens + next.len() <= PASS_TOKENS;
        if !fits {
            tokens = 0;
        }
        fits
    })
}
