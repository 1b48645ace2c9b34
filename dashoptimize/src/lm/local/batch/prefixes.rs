//! The cache of prompt prefixes: what several prompts start with is read once.

use std::collections::HashSet;

use crate::lm::local::tensor::Kv;

/// Starts of prompts whose keys and values are kept, one for each constant prefix of requests.
#[derive(Debug)]
pub(super) struct PrefixCache {
    entries: Vec<CachedPrefix>,
    limit: usize,
    clock: u64,
}

#[derive(Debug)]
struct CachedPrefix {
    id: PrefixId,
    tokens: Vec<u32>,
    kv: Kv,
    used: u64,
}

/// The identity of the constant prefix of a request.
pub(crate) type PrefixId = [u8; 16];

impl PrefixCache {
    /// An empty cache of up to `limit` bytes.
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            entries: Vec::new(),
            limit,
            clock: 0,
        }
    }

    /// The keys and values of the longest start of a prompt that is kept.
    ///
    /// They never cover the whole prompt, because the scores after its last token have to be computed.
    pub(super) fn find(&mut self, prompt: &[u32]) -> Option<Kv> {
        let most = prompt.len().saturating_sub(1);
        let longest = self
            .entries
            .iter_mut()
            .map(|entry| (common(&entry.tokens, prompt).min(most), entry))
            .max_by_key(|(len, _)| *len);
        let (len, entry) = longest.filter(|(len, _)| *len > 0)?;
        self.clock += 1;
        entry.used = self.clock;
        let mut kv = entry.kv.clone();
        kv.truncate(len);
        Some(kv)
    }

    /// Keeps the keys and values of a prompt. What is already kept for its prefix shrinks to what all
    /// prompts with that prefix have in common, so the parts that differ take no memory.
    pub(super) fn keep(&mut self, id: PrefixId, prompt: &[u32], kv: &Kv) {
        self.clock += 1;
        match self.entries.iter_mut().find(|entry| entry.id == id) {
            Some(entry) => {
                let len = common(&entry.tokens, prompt);
                entry.tokens.truncate(len);
                entry.kv.truncate(len);
                entry.used = self.clock;
            }
            None => {
                let mut kv = kv.clone();
                kv.truncate(prompt.len());
                self.entries.push(CachedPrefix {
                    id,
                    tokens: prompt.to_vec(),
                    kv,
                    used: self.clock,
                });
                self.shrink();
            }
        }
    }

    /// Removes the least recently used entries until the rest is within the limit.
    fn shrink(&mut self) {
        while self.bytes() > self.limit {
            let oldest = self
                .entries
                .iter()
                .enumerate()
                .min_by_key(|(_, entry)| entry.used);
            match oldest {
                Some((index, _)) => self.entries.swap_remove(index),
                None => return,
            };
        }
    }

    /// The size of everything that is kept, in bytes; blocks that entries share count once.
    fn bytes(&self) -> usize {
        let blocks = self
            .entries
            .iter()
            .flat_map(|entry| entry.kv.block_addresses());
        let blocks: HashSet<_> = blocks.collect();
        let block = self
            .entries
            .first()
            .map_or(0, |entry| entry.kv.block_bytes());
        blocks.len() * block
    }
}

/// The number of tokens at the start of both.
pub(super) fn common(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lm::local::tensor::KvShape;

    fn kv(len: usize) -> Kv {
        let mut kv = Kv::new(KvShape {
            layers: 1,
            heads: 1,
            size: 32,
        });
        kv.extend(len);
        kv
    }

    fn found(prefixes: &mut PrefixCache, prompt: &[u32]) -> usize {
        prefixes.find(prompt).map_or(0, |kv| kv.len())
    }

    #[test]
    fn an_entry_shrinks_to_what_its_prompts_share() {
        let mut prefixes = PrefixCache::new(usize::MAX);
        assert_eq!(found(&mut prefixes, &[1, 2, 3]), 0);
        prefixes.keep([1; 16], &[1, 2, 3, 4], &kv(4));
        assert_eq!(found(&mut prefixes, &[1, 2, 3, 4]), 3);
        assert_eq!(found(&mut prefixes, &[1, 2, 3, 5]), 3);
        prefixes.keep([1; 16], &[1, 2, 7], &kv(3));
        assert_eq!(found(&mut prefixes, &[1, 2, 3, 5]), 2);
        assert_eq!(found(&mut prefixes, &[9]), 0);
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let block = kv(1).block_bytes();
        let mut prefixes = PrefixCache::new(2 * block);
        prefixes.keep([1; 16], &[1, 1], &kv(2));
        prefixes.keep([2; 16], &[2, 2], &kv(2));
        assert_eq!(found(&mut prefixes, &[1, 1, 1]), 2);
        prefixes.keep([3; 16], &[3, 3], &kv(2));
        assert_eq!(found(&mut prefixes, &[2, 2, 2]), 0);
        assert_eq!(found(&mut prefixes, &[1, 1, 1]), 2);
        assert_eq!(found(&mut prefixes, &[3, 3, 3]), 2);
    }
}
