//! Tests with a tiny random network, against a plain computation in double precision.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use candle_core::{Device, Tensor, safetensors};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::json;

use super::Bert;
use crate::lm::local::error::LocalError;

const WIDTH: usize = 24;
const HEADS: usize = 3;
const HIDDEN: usize = 40;
const LAYERS: usize = 2;
const WORDS: [&str; 10] = [
    "[UNK]", "[CLS]", "[SEP]", "the", "cat", "sat", "##s", "on", "mat", ".",
];

/// The content of the files of a model, before they are written.
struct TinyBert {
    matrices: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
    words: Vec<&'static str>,
    folder: tempfile::TempDir,
}

impl TinyBert {
    fn new() -> Self {
        let mut tiny = Self {
            matrices: BTreeMap::new(),
            words: WORDS.to_vec(),
            folder: tempfile::tempdir().unwrap(),
        };
        let mut shapes = vec![
            (
                "embeddings.word_embeddings.weight".into(),
                vec![WORDS.len(), WIDTH],
            ),
            (
                "embeddings.position_embeddings.weight".into(),
                vec![70, WIDTH],
            ),
            (
                "embeddings.token_type_embeddings.weight".into(),
                vec![2, WIDTH],
            ),
        ];
        shapes.extend(norm("embeddings.LayerNorm"));
        for layer in 0..LAYERS {
            let part = |part: &str| format!("encoder.layer.{layer}.{part}");
            for name in ["query", "key", "value"] {
                shapes.extend(linear(
                    &part(&format!("attention.self.{name}")),
                    WIDTH,
                    WIDTH,
                ));
            }
            shapes.extend(linear(&part("attention.output.dense"), WIDTH, WIDTH));
            shapes.extend(norm(&part("attention.output.LayerNorm")));
            shapes.extend(linear(&part("intermediate.dense"), HIDDEN, WIDTH));
            shapes.extend(linear(&part("output.dense"), WIDTH, HIDDEN));
            shapes.extend(norm(&part("output.LayerNorm")));
        }
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for (name, shape) in shapes {
            let values = (0..shape.iter().product())
                .map(|_| (f64::from(rng.next_u32()) / f64::from(u32::MAX) - 0.5) as f32)
                .collect();
            tiny.matrices.insert(name, (shape, values));
        }
        tiny
    }

    fn write(&self) -> (PathBuf, PathBuf) {
        let weights = self.folder.path().join("model.safetensors");
        let matrices = self.matrices.iter().map(|(name, (shape, values))| {
            let tensor = Tensor::from_slice(values, shape.as_slice(), &Device::Cpu);
            (name.clone(), tensor.unwrap())
        });
        safetensors::save(&matrices.collect(), &weights).unwrap();
        let vocabulary: BTreeMap<_, _> = self.words.iter().zip(0..).collect();
        let end = |name: &str, id: u32| json!({"id": name, "ids": [id], "tokens": [name]});
        let special = |name: &str| json!({"SpecialToken": {"id": name, "type_id": 0}});
        let text = json!({"Sequence": {"id": "A", "type_id": 0}});
        let words = json!({
            "version": "1.0",
            "truncation": {
                "direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0
            },
            "padding": {
                "strategy": {"Fixed": 12}, "direction": "Right", "pad_to_multiple_of": null,
                "pad_id": 0, "pad_type_id": 0, "pad_token": "[UNK]"
            },
            "added_tokens": [],
            "normalizer": {
                "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                "strip_accents": null, "lowercase": true
            },
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [special("[CLS]"), text, special("[SEP]")],
                "pair": [special("[CLS]"), text, {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {"[CLS]": end("[CLS]", 1), "[SEP]": end("[SEP]", 2)}
            },
            "decoder": null,
            "model": {
                "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100, "vocab": vocabulary
            }
        });
        let tokenizer = self.folder.path().join("tokenizer.json");
        fs::write(&tokenizer, words.to_string()).unwrap();
        (weights, tokenizer)
    }

    fn open(&self, threads: usize) -> Result<Bert, LocalError> {
        let (weights, tokenizer) = self.write();
        Bert::load(&weights, &tokenizer, HEADS, 64, threads)
    }

    /// The error message of a model that cannot be loaded.
    fn refusal(&self) -> String {
        self.open(1).unwrap_err().to_string()
    }
}

fn linear(name: &str, outputs: usize, inputs: usize) -> [(String, Vec<usize>); 2] {
    let weights = (format!("{name}.weight"), vec![outputs, inputs]);
    [weights, (format!("{name}.bias"), vec![outputs])]
}

fn norm(name: &str) -> [(String, Vec<usize>); 2] {
    ["weight", "bias"].map(|part| (format!("{name}.{part}"), vec![WIDTH]))
}

/// The same network in double precision, with each step as it is defined.
struct Plain<'a>(&'a TinyBert);

impl Plain<'_> {
    fn row(&self, name: &str, row: usize) -> Vec<f64> {
        let (shape, values) = &self.0.matrices[name];
        let width = shape[shape.len() - 1];
        let values = &values[row * width..(row + 1) * width];
        values.iter().map(|&value| value.into()).collect()
    }

    fn linear(&self, name: &str, x: &[f64]) -> Vec<f64> {
        let bias = self.row(&format!("{name}.bias"), 0);
        let weights = (0..bias.len()).map(|row| self.row(&format!("{name}.weight"), row));
        weights
            .zip(bias)
            .map(|(row, bias)| dot(&row, x) + bias)
            .collect()
    }

    fn norm(&self, name: &str, x: &[f64]) -> Vec<f64> {
        let count = x.len() as f64;
        let mean = x.iter().sum::<f64>() / count;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
        let scale = self.row(&format!("{name}.weight"), 0);
        let shift = self.row(&format!("{name}.bias"), 0);
        let normed = x.iter().map(|x| (x - mean) / (variance + 1e-12).sqrt());
        let parts = scale.iter().zip(shift);
        normed
            .zip(parts)
            .map(|(x, (scale, shift))| x * scale + shift)
            .collect()
    }

    fn layer(&self, name: &str, rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let all = |part: &str| -> Vec<Vec<f64>> {
            let name = format!("{name}.{part}");
            rows.iter().map(|row| self.linear(&name, row)).collect()
        };
        let [queries, keys, values] =
            ["query", "key", "value"].map(|part| all(&format!("attention.self.{part}")));
        let seen = queries.iter().map(|query| attend(query, &keys, &values));
        let rows = rows.iter().zip(seen).map(|(row, seen)| {
            let seen = self.linear(&format!("{name}.attention.output.dense"), &seen);
            let row = self.norm(
                &format!("{name}.attention.output.LayerNorm"),
                &plus(row, &seen),
            );
            let hidden = self.linear(&format!("{name}.intermediate.dense"), &row);
            let hidden: Vec<_> = hidden.into_iter().map(gelu).collect();
            let fed = self.linear(&format!("{name}.output.dense"), &hidden);
            self.norm(&format!("{name}.output.LayerNorm"), &plus(&row, &fed))
        });
        rows.collect()
    }

    fn embed(&self, tokens: &[usize]) -> Vec<f64> {
        let segment = self.row("embeddings.token_type_embeddings.weight", 0);
        let rows = tokens.iter().enumerate().map(|(position, &token)| {
            let word = self.row("embeddings.word_embeddings.weight", token);
            let place = self.row("embeddings.position_embeddings.weight", position);
            self.norm(
                "embeddings.LayerNorm",
                &plus(&plus(&word, &place), &segment),
            )
        });
        let mut rows: Vec<_> = rows.collect();
        for layer in 0..LAYERS {
            rows = self.layer(&format!("encoder.layer.{layer}"), &rows);
        }
        let sum = rows
            .iter()
            .fold(vec![0.0; WIDTH], |sum, row| plus(&sum, row));
        let length = dot(&sum, &sum).sqrt();
        sum.into_iter().map(|value| value / length).collect()
    }
}

fn attend(query: &[f64], keys: &[Vec<f64>], values: &[Vec<f64>]) -> Vec<f64> {
    let size = WIDTH / HEADS;
    let heads = (0..HEADS).flat_map(|head| {
        let part = head * size..(head + 1) * size;
        let scores = keys.iter().map(|key| {
            (dot(&query[part.clone()], &key[part.clone()]) / (size as f64).sqrt()).exp()
        });
        let scores: Vec<_> = scores.collect();
        let total: f64 = scores.iter().sum();
        part.map(move |i| {
            let weighted = scores
                .iter()
                .zip(values)
                .map(|(score, value)| score * value[i]);
            weighted.sum::<f64>() / total
        })
    });
    heads.collect()
}

fn gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + statrs::function::erf::erf(x / 2.0_f64.sqrt()))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn plus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn bits(vectors: &[Vec<f32>]) -> Vec<Vec<u32>> {
    let bits = |vector: &Vec<f32>| vector.iter().map(|value| value.to_bits()).collect();
    vectors.iter().map(bits).collect()
}

#[test]
fn it_computes_what_the_definition_says() {
    let tiny = TinyBert::new();
    let bert = tiny.open(2).unwrap();
    let long = ["the cats sat on the mat ."; 5].join(" ");
    // The special tokens at the ends are 1 and 2, `dog` is unknown, and case is ignored. The long text
    // needs more than one block of keys. The padding and truncation in the file must be ignored.
    let cats = [3, 4, 6, 5, 7, 3, 8, 9];
    for (text, tokens) in [
        ("", vec![]),
        ("The CAT", vec![3, 4]),
        ("the dog sat.", vec![3, 0, 5, 9]),
        (&*long, cats.repeat(5)),
    ] {
        let tokens = [vec![1], tokens, vec![2]].concat();
        let exact = Plain(&tiny).embed(&tokens);
        let found = bert.embed(&[text]).unwrap().remove(0);
        for (found, exact) in found.iter().zip(exact) {
            assert!(
                (f64::from(*found) - exact).abs() < 2e-6,
                "{text}: {found} {exact}"
            );
        }
    }
}

#[test]
fn a_text_that_is_too_long_is_cut() {
    let bert = TinyBert::new().open(1).unwrap();
    let [many, most] = [400, 62].map(|words| bert.embed(&[&*"cat ".repeat(words)]).unwrap());
    assert_eq!(
        bits(&many),
        bits(&most),
        "64 tokens, two of them at the ends"
    );
    let fewer = bert.embed(&[&*"cat ".repeat(61)]).unwrap();
    assert_ne!(bits(&fewer), bits(&most));
}

#[test]
fn a_vector_does_not_depend_on_the_other_texts() {
    let tiny = TinyBert::new();
    let texts: Vec<_> = (0..60).map(|i| "the cat sat on ".repeat(i % 17)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let one = tiny.open(1).unwrap();
    let alone: Vec<_> = texts
        .iter()
        .flat_map(|text| one.embed(&[text]).unwrap())
        .collect();
    for threads in [1, 2, 3] {
        let many = tiny.open(threads).unwrap();
        assert_eq!(
            bits(&many.embed(&texts).unwrap()),
            bits(&alone),
            "{threads} threads"
        );
    }
}

#[test]
fn no_texts_give_no_vectors() {
    assert!(
        TinyBert::new()
            .open(1)
            .unwrap()
            .embed(&[])
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_missing_or_misshapen_matrix_is_named() {
    let mut tiny = TinyBert::new();
    tiny.matrices.remove("encoder.layer.1.output.dense.bias");
    let error = tiny.refusal();
    assert!(
        error.contains("no matrix `encoder.layer.1.output.dense.bias`"),
        "{error}"
    );
    let mut tiny = TinyBert::new();
    tiny.matrices.retain(|name, _| !name.starts_with("encoder"));
    assert!(tiny.refusal().contains("no layer `encoder.layer.0`"));
    let mut tiny = TinyBert::new();
    let key = "encoder.layer.0.attention.self.key.weight";
    tiny.matrices
        .insert(key.into(), (vec![WIDTH, 1], vec![0.0; WIDTH]));
    let error = tiny.refusal();
    assert!(error.contains("[24, 1] instead of [24, 24]"), "{error}");
    let mut tiny = TinyBert::new();
    tiny.words.push("dog");
    let error = tiny.refusal();
    assert!(
        error.contains("has 11 tokens, but the weights have 10"),
        "{error}"
    );
}

#[test]
fn damaged_files_are_errors() {
    let tiny = TinyBert::new();
    let (weights, tokenizer) = tiny.write();
    let load = || Bert::load(&weights, &tokenizer, HEADS, 64, 1);
    let whole = fs::read(&weights).unwrap();
    for length in [0, 5, 8, 100, whole.len() - 1] {
        fs::write(&weights, &whole[..length]).unwrap();
        assert!(
            matches!(load(), Err(LocalError::Malformed { .. })),
            "{length} bytes"
        );
    }
    fs::write(&weights, &whole).unwrap();
    fs::write(&tokenizer, "{}").unwrap();
    assert!(matches!(load(), Err(LocalError::Malformed { path, .. }) if path == tokenizer));
    fs::remove_file(&tokenizer).unwrap();
    assert!(matches!(load(), Err(LocalError::Io { path, .. }) if path == tokenizer));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_has_a_vector_of_length_one(texts in prop::collection::vec(".{0,80}", 1..4)) {
        let bert = TinyBert::new().open(1).unwrap();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for vector in bert.embed(&texts).unwrap() {
            let length: f32 = vector.iter().map(|value| value * value).sum();
            prop_assert!((length - 1.0).abs() < 1e-5, "{length}");
        }
    }
}
