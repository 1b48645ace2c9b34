//! The sizes of a network, as its file states them.

use std::io::{Read, Seek};

use crate::lm::local::error::Flaw;
use crate::lm::local::weights::Gguf;

/// The sizes of a network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) layers: usize,
    /// The number of values of a row between two layers.
    pub(super) width: usize,
    /// The number of heads of queries.
    pub(super) heads: usize,
    /// The number of heads of keys and values; each is shared by several heads of queries.
    pub(super) kv_heads: usize,
    /// The number of values of a head.
    pub(super) head: usize,
    /// The number of values between the matrices of the feed-forward network.
    pub(super) hidden: usize,
    /// The largest number of tokens that the network was trained to read.
    pub(super) context: usize,
    /// The constant that the norms add to the mean square.
    pub(super) epsilon: f32,
}

impl Sizes {
    /// Reads and checks the sizes.
    pub(super) fn read<R: Read + Seek>(file: &Gguf<R>) -> Result<Self, Flaw> {
        let kind = file.text("general.architecture")?;
        if !matches!(kind, "llama" | "qwen2") {
            return Err(Flaw::unsupported(format!("the architecture `{kind}`")));
        }
        let key = |name: &str| format!("{kind}.{name}");
        let width = file.size(&key("embedding_length"))?;
        let heads = file.size(&key("attention.head_count"))?;
        let kv_heads = file
            .number(&key("attention.head_count_kv"))
            .unwrap_or(heads);
        let head = file
            .number(&key("attention.key_length"))
            .unwrap_or(width / heads);
        let fit = kv_heads > 0
            && heads.is_multiple_of(kv_heads)
            && head > 0
            && head.is_multiple_of(2)
            && heads.checked_mul(head).is_some();
        if !fit {
            return Err(Flaw::malformed(format!(
                "{heads} heads of queries, {kv_heads} of keys and the head size {head} are inconsistent"
            )));
        }
        if file
            .number(&key("expert_count"))
            .is_some_and(|experts| experts > 0)
        {
            return Err(Flaw::unsupported("a mixture of experts"));
        }
        Ok(Self {
            layers: file.size(&key("block_count"))?,
            width,
            heads,
            kv_heads,
            head,
            hidden: file.size(&key("feed_forward_length"))?,
            context: file.size(&key("context_length"))?,
            epsilon: file
                .real(&key("attention.layer_norm_rms_epsilon"))
                .unwrap_or(1e-5),
        })
    }
}
