//! A loaded network with its tokenizer and its threads.

use std::path::Path;

use rayon::ThreadPool;

use super::network::BertNetwork;
use super::tokenizer::WordPieceTokenizer;
use crate::lm::local::error::{Flaw, LocalError};
use crate::lm::local::threads;
use crate::lm::local::weights::Safetensors;

/// The largest number of tokens of one pass, unless a single text has more: enough to use each weight
/// many times, and few enough to keep the memory of a pass small.
const PASS_TOKENS: usize = 1024;

/// An embedding model that is ready to use.
#[derive(Debug)]
pub(crate) struct Bert {
    network: BertNetwork,
    tokenizer: WordPieceTokenizer,
    pool: ThreadPool,
}

impl Bert {
    /// Loads a network with `heads` attention heads in each layer, which reads the first `max_tokens`
    /// tokens of a text.
    pub(crate) fn load(
        weights: &Path,
        tokenizer: &Path,
        heads: usize,
        max_tokens: usize,
        threads: usize,
    ) -> Result<Self, LocalError> {
        let pool = threads::pool(threads)?;
        let mut file = Safetensors::open(weights)?;
        let network = pool
            .install(|| BertNetwork::load(&mut file, heads))
            .map_err(|flaw| flaw.at(weights))?;
        let max_tokens = max_tokens.min(network.positions());
        let read = WordPieceTokenizer::open(tokenizer, max_tokens)?;
        if read.vocabulary() > network.vocabulary() {
            let (named, known) = (read.vocabulary(), network.vocabulary());
            let what = format!("it has {named} tokens, but the weights have {known}");
            return Err(Flaw::malformed(what).at(tokenizer));
        }
        Ok(Self {
            network,
            tokenizer: read,
            pool,
        })
    }

    /// The number of values of a vector.
    pub(crate) const fn dimension(&self) -> usize {
        self.network.width()
    }

    /// The vectors of these texts, of length 1. A text that is too long is cut.
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

/// Groups texts into passes.
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
