//! The tokenizer of a language model, as its file describes it.

use std::collections::HashMap;
use std::io::{Read, Seek};

use candle_core::quantized::tokenizer::TokenizerFromGguf;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::SplitDelimiterBehavior;

use crate::lm::local::error::Flaw;
use crate::lm::local::weights::{Gguf, guarded};

/// A byte-level BPE tokenizer.
#[derive(Debug)]
pub(crate) struct BpeTokenizer {
    inner: tokenizers::Tokenizer,
    /// The bytes of each token; none for special tokens.
    bytes: Vec<Vec<u8>>,
    /// The tokens with which the model ends its reply.
    ends: Vec<u32>,
}

/// The names of tokens that end a reply, in the supported model families.
const ENDS: [&str; 5] = [
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "</s>",
];

/// The pattern by which Qwen2 and Llama 3 cut a text into words, numbers, punctuation and white space.
/// `digits` is the regular-expression quantifier of the digits of a number.
fn words(digits: &str) -> String {
    format!(
        r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
}

impl BpeTokenizer {
    /// Reads the tokenizer of a file whose network has embeddings for `vocabulary` tokens.
    pub(crate) fn load<R: Read + Seek>(file: &Gguf<R>, vocabulary: usize) -> Result<Self, Flaw> {
        let model = file.text("tokenizer.ggml.model")?;
        if model != "gpt2" {
            return Err(Flaw::unsupported(format!("the tokenizer `{model}`")));
        }
        let tokens = file.texts("tokenizer.ggml.tokens")?;
        if tokens.len() > vocabulary {
            return Err(Flaw::malformed(format!(
                "it names {} tokens, but has embeddings for {vocabulary}",
                tokens.len()
            )));
        }
        let mut inner = guarded(|| tokenizers::Tokenizer::from_gguf(file.content()))?;
        inner.with_pre_tokenizer(Some(cutter(
            file.text("tokenizer.ggml.pre").unwrap_or("gpt-2"),
        )?));
        let specials = inner.get_added_tokens_decoder();
        let alphabet = alphabet();
        let bytes = (0..)
            .zip(&tokens)
            .map(|(id, token)| match specials.contains_key(&id) {
                true => Vec::new(),
                false => token
                    .chars()
                    .filter_map(|c| alphabet.get(&c).copied())
                    .collect(),
            });
        Ok(Self {
            bytes: bytes.collect(),
            ends: ends(file, &tokens),
            inner,
        })
    }

    /// The tokens of a text. Names of special tokens in the text become these tokens.
    pub(crate) fn encode(&self, text: &str) -> Result<Vec<u32>, String> {
        let encoding = self.inner.encode_fast(text, false);
        encoding
            .map(|encoding| encoding.get_ids().to_vec())
            .map_err(|error| error.to_string())
    }

    /// The bytes of one token, which need not be whole characters.
    pub(crate) fn bytes(&self, token: u32) -> &[u8] {
        self.bytes.get(token as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether the model ends its reply with this token.
    pub(crate) fn is_end(&self, token: u32) -> bool {
        self.ends.contains(&token)
    }
}

fn ends<R: Read + Seek>(file: &Gguf<R>, tokens: &[&str]) -> Vec<u32> {
    let mut ends: Vec<_> = (0..)
        .zip(tokens)
        .filter_map(|(id, token)| ENDS.contains(token).then_some(id))
        .collect();
    for key in ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"] {
        ends.extend(file.number(key).and_then(|id| u32::try_from(id).ok()));
    }
    ends
}

/// The pre-tokenizer of this kind, which cuts a text into the pieces that are then split into tokens.
/// The loader of `candle` supports only some kinds and silently uses a wrong one for the others.
fn cutter(kind: &str) -> Result<PreTokenizerWrapper, Flaw> {
    let plain = ByteLevel::new(false, false, false);
    let first: PreTokenizerWrapper = match kind {
        "gpt-2" | "gpt2" | "default" => return Ok(ByteLevel::new(false, true, true).into()),
        "smollm" => {
            let words = ByteLevel::new(false, true, true);
            return Ok(Sequence::new(vec![Digits::new(true).into(), words.into()]).into());
        }
        "qwen2" => split(&words(""))?,
        "llama-bpe" | "llama3" | "smaug-bpe" => split(&words("{1,3}"))?,
        other => return Err(Flaw::unsupported(format!("the pre-tokenizer `{other}`"))),
    };
    Ok(Sequence::new(vec![first, plain.into()]).into())
}

fn split(pattern: &str) -> Result<PreTokenizerWrapper, Flaw> {
    let pattern = SplitPattern::Regex(pattern.to_owned());
    Split::new(pattern, SplitDelimiterBehavior::Isolated, false)
        .map(PreTokenizerWrapper::from)
        .map_err(|error| Flaw::unsupported(error.to_string()))
}

/// The characters by which the vocabularies of byte-level tokenizers represent bytes: a printable byte
/// by its own character, the others by the characters from U+0100 on.
pub(crate) fn alphabet() -> HashMap<char, u8> {
    let printable = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let (kept, moved): (Vec<u8>, Vec<u8>) = (0..=u8::MAX).partition(printable);
    let kept = kept.into_iter().map(|byte| (char::from(byte), byte));
    kept.chain(('\u{100}'..).zip(moved)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_writes_every_byte() {
        let alphabet = alphabet();
        assert_eq!(alphabet.len(), 256);
        assert_eq!(alphabet[&'\u{120}'], b' ');
        assert_eq!(alphabet[&'\u{10a}'], b'\n');
        assert_eq!(alphabet[&'a'], b'a');
    }

    #[test]
    fn an_unknown_pre_tokenizer_is_refused() {
        assert!(
            matches!(cutter("deepseek-llm"), Err(Flaw::Unsupported(what)) if what.contains("deepseek-llm"))
        );
    }
}
