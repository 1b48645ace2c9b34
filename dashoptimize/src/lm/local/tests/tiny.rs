//! A tiny random network in a file that the tests write.

use std::collections::BTreeMap;
use std::path::PathBuf;

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::super::llama::alphabet;
use super::super::{LocalModel, LocalModelBuilder, Weights};

/// The content of a file before it is written.
pub(super) struct TinyLlama {
    /// The metadata.
    pub(super) facts: BTreeMap<String, Value>,
    /// The shapes of the matrices.
    pub(super) shapes: BTreeMap<String, Vec<usize>>,
    folder: tempfile::TempDir,
}

const LAYERS: usize = 2;
const WIDTH: usize = 48;
const HEADS: usize = 6;
const KV_HEADS: usize = 2;
const HEAD: usize = 8;
const HIDDEN: usize = 80;

impl TinyLlama {
    /// A network of this kind, with sizes that do not fill a panel. Only Llama uses its embeddings as
    /// the output matrix.
    pub(super) fn new(kind: &str) -> Self {
        let mut tiny = Self {
            facts: BTreeMap::new(),
            shapes: BTreeMap::new(),
            folder: tempfile::tempdir().unwrap(),
        };
        tiny.describe(kind);
        let vocabulary = tiny.tokens(kind);
        tiny.shape("token_embd.weight", &[vocabulary, WIDTH]);
        tiny.shape("output_norm.weight", &[WIDTH]);
        if kind == "qwen2" {
            tiny.shape("output.weight", &[vocabulary, WIDTH]);
        }
        for layer in 0..LAYERS {
            tiny.layer(&format!("blk.{layer}"), kind);
        }
        tiny
    }

    fn describe(&mut self, kind: &str) {
        self.fact("general.architecture", Value::String(kind.into()));
        for (key, value) in [
            ("block_count", LAYERS),
            ("embedding_length", WIDTH),
            ("attention.head_count", HEADS),
            ("attention.head_count_kv", KV_HEADS),
            ("feed_forward_length", HIDDEN),
            ("context_length", 400),
        ] {
            self.fact(&format!("{kind}.{key}"), Value::U32(value as u32));
        }
        let epsilon = format!("{kind}.attention.layer_norm_rms_epsilon");
        self.fact(&epsilon, Value::F32(1e-5));
    }

    /// A token for each byte, two longer ones, and the two special tokens of a conversation.
    fn tokens(&mut self, kind: &str) -> usize {
        let mut tokens: Vec<String> = alphabet().into_keys().map(String::from).collect();
        tokens.sort();
        tokens.extend(["th", "the", "<|im_start|>", "<|im_end|>"].map(String::from));
        let count = tokens.len();
        let types = (0..count).map(|id| Value::I32(if id + 2 < count { 1 } else { 3 }));
        self.fact("tokenizer.ggml.token_type", Value::Array(types.collect()));
        let texts =
            |texts: Vec<String>| Value::Array(texts.into_iter().map(Value::String).collect());
        self.fact("tokenizer.ggml.tokens", texts(tokens));
        self.fact(
            "tokenizer.ggml.merges",
            texts(vec!["t h".into(), "th e".into()]),
        );
        self.fact("tokenizer.ggml.model", Value::String("gpt2".into()));
        let pre = if kind == "qwen2" { "qwen2" } else { "smollm" };
        self.fact("tokenizer.ggml.pre", Value::String(pre.into()));
        self.fact("tokenizer.ggml.eos_token_id", Value::U32(count as u32 - 1));
        count
    }

    fn layer(&mut self, layer: &str, kind: &str) {
        let (seen, shared) = (HEADS * HEAD, KV_HEADS * HEAD);
        for (name, shape) in [
            ("attn_norm", [WIDTH].as_slice()),
            ("attn_q", &[seen, WIDTH]),
            ("attn_k", &[shared, WIDTH]),
            ("attn_v", &[shared, WIDTH]),
            ("attn_output", &[WIDTH, seen]),
            ("ffn_norm", &[WIDTH]),
            ("ffn_gate", &[HIDDEN, WIDTH]),
            ("ffn_up", &[HIDDEN, WIDTH]),
            ("ffn_down", &[WIDTH, HIDDEN]),
        ] {
            self.shape(&format!("{layer}.{name}.weight"), shape);
        }
        if kind == "qwen2" {
            for (name, outputs) in [("q", seen), ("k", shared), ("v", shared)] {
                self.shape(&format!("{layer}.attn_{name}.bias"), &[outputs]);
            }
        }
    }

    /// Sets a metadata value.
    pub(super) fn fact(&mut self, key: &str, value: Value) {
        self.facts.insert(key.to_owned(), value);
    }

    /// Sets the shape of a matrix.
    pub(super) fn shape(&mut self, name: &str, shape: &[usize]) {
        self.shapes.insert(name.to_owned(), shape.to_vec());
    }

    /// Writes the file, with the same values each time.
    pub(super) fn write(&self) -> PathBuf {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut value = || f64::from(rng.next_u32()) / f64::from(u32::MAX) - 0.5;
        let mut matrix = |shape: &Vec<usize>| {
            let values = (0..shape.iter().product()).map(|_| value() as f32);
            let tensor = Tensor::from_iter(values, &Device::Cpu).unwrap();
            let tensor = tensor.reshape(shape.as_slice()).unwrap();
            QTensor::quantize(&tensor, GgmlDType::F32).unwrap()
        };
        let matrices: Vec<_> = self.shapes.values().map(&mut matrix).collect();
        let names = self.shapes.keys().map(String::as_str);
        let matrices: Vec<_> = names.zip(&matrices).collect();
        let facts: Vec<_> = self
            .facts
            .iter()
            .map(|(key, value)| (key.as_str(), value))
            .collect();
        let path = self.folder.path().join("tiny.gguf");
        let mut file = std::fs::File::create(&path).unwrap();
        gguf_file::write(&mut file, &facts, &matrices).unwrap();
        path
    }

    /// Writes the file and returns a builder with few threads.
    pub(super) fn builder(&self) -> LocalModelBuilder {
        let threads = 2.try_into().unwrap();
        LocalModel::builder(Weights::path(self.write())).threads(threads)
    }
}
