//! A small but whole model in GGUF format: its header is what the reader must not trust.

/// A Llama with one layer and a vocabulary of a few letters. What its matrices hold does not matter.
pub(crate) fn sound() -> Vec<u8> {
    let mut header = Header::default();
    header.text("general.architecture", "llama");
    for (key, size) in [
        ("llama.block_count", 1),
        ("llama.embedding_length", WIDTH),
        ("llama.attention.head_count", 2),
        ("llama.attention.head_count_kv", 1),
        ("llama.feed_forward_length", HIDDEN),
        ("llama.context_length", 4000),
        ("tokenizer.ggml.eos_token_id", 9),
    ] {
        header.number(key, size);
    }
    header.text("tokenizer.ggml.model", "gpt2");
    header.text("tokenizer.ggml.pre", "smollm");
    header.texts("tokenizer.ggml.tokens", &TOKENS);
    header.texts("tokenizer.ggml.merges", &["t h", "th e"]);
    header.text(
        "tokenizer.chat_template",
        "{% for m in messages %}{{ m['role'] + ': ' + m['content'] }}{% endfor %}",
    );
    for (name, shape) in matrices() {
        header.matrix(name, shape);
    }
    header.with_values()
}

const WIDTH: u32 = 8;
const HIDDEN: u32 = 8;
const TOKENS: [&str; 10] = ["t", "h", "e", "Ġ", "Ċ", "s", "i", "th", "the", "<|im_end|>"];

/// Names, and sizes with that of a row first.
fn matrices() -> Vec<(&'static str, &'static [u64])> {
    vec![
        ("token_embd.weight", &[8, 10]),
        ("output_norm.weight", &[8]),
        ("blk.0.attn_norm.weight", &[8]),
        ("blk.0.attn_q.weight", &[8, 8]),
        ("blk.0.attn_k.weight", &[8, 4]),
        ("blk.0.attn_v.weight", &[8, 4]),
        ("blk.0.attn_output.weight", &[8, 8]),
        ("blk.0.ffn_norm.weight", &[8]),
        ("blk.0.ffn_gate.weight", &[8, 8]),
        ("blk.0.ffn_up.weight", &[8, 8]),
        ("blk.0.ffn_down.weight", &[8, 8]),
    ]
}

/// The parts of a header as they are written.
#[derive(Default)]
struct Header {
    facts: u64,
    fact_bytes: Vec<u8>,
    matrices: u64,
    matrix_bytes: Vec<u8>,
    value_bytes: u64,
}

// The kinds of values.
const U32: u32 = 4;
const TEXT: u32 = 8;
const LIST: u32 = 9;

const ALIGNMENT: u64 = 32;

impl Header {
    fn fact(&mut self, key: &str, kind: u32) {
        self.facts += 1;
        push_text(&mut self.fact_bytes, key);
        self.fact_bytes.extend(kind.to_le_bytes());
    }

    fn text(&mut self, key: &str, text: &str) {
        self.fact(key, TEXT);
        push_text(&mut self.fact_bytes, text);
    }

    fn number(&mut self, key: &str, number: u32) {
        self.fact(key, U32);
        self.fact_bytes.extend(number.to_le_bytes());
    }

    fn texts(&mut self, key: &str, texts: &[&str]) {
        self.fact(key, LIST);
        self.fact_bytes.extend(TEXT.to_le_bytes());
        self.fact_bytes.extend((texts.len() as u64).to_le_bytes());
        for text in texts {
            push_text(&mut self.fact_bytes, text);
        }
    }

    /// A matrix of single precision.
    fn matrix(&mut self, name: &str, sizes: &[u64]) {
        const F32: u32 = 0;
        self.matrices += 1;
        push_text(&mut self.matrix_bytes, name);
        self.matrix_bytes.extend((sizes.len() as u32).to_le_bytes());
        for size in sizes {
            self.matrix_bytes.extend(size.to_le_bytes());
        }
        self.matrix_bytes.extend(F32.to_le_bytes());
        self.matrix_bytes.extend(self.value_bytes.to_le_bytes());
        let length = 4 * sizes.iter().product::<u64>();
        self.value_bytes += length.next_multiple_of(ALIGNMENT);
    }

    fn with_values(self) -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend(self.matrices.to_le_bytes());
        bytes.extend(self.facts.to_le_bytes());
        bytes.extend(self.fact_bytes);
        bytes.extend(self.matrix_bytes);
        let values = (bytes.len() as u64).next_multiple_of(ALIGNMENT) + self.value_bytes;
        // 0.5, over and over.
        let half = 0.5_f32.to_le_bytes();
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT as usize), 0);
        bytes.extend(half.iter().cycle().take(values as usize - bytes.len()));
        bytes
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}
