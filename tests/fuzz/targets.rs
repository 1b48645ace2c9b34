//! The readers, their seeds, and the words that they know.

use std::fs;
use std::path::PathBuf;

use dashoptimize::adapter::{Adapter, ChatAdapter, JsonAdapter};
use dashoptimize::artifact::Artifact;
use dashoptimize::evaluate::Loader;
use dashoptimize::lm::{Cache, Replay};
use dashoptimize::signature;
use dashoptimize::signature::{SignatureSpec, make_signature};
use dashoptimize::tool::ToolSpec;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::bodies::{self, Bodies};
#[cfg(feature = "local")]
use super::model_file;
use super::recorded::Recorded;

pub(crate) const NAMES: &[&str] = &[
    "replies",
    "bodies",
    "arguments",
    "signatures",
    "csv",
    "jsonl",
    "artifacts",
    "cassettes",
    "caches",
    "journals",
    #[cfg(feature = "local")]
    "gguf",
];

/// A reader of bytes from outside.
pub(crate) struct Target {
    name: &'static str,
    specs: Vec<SignatureSpec>,
    tool: ToolSpec,
    folder: TempDir,
    recorded: Recorded,
    bodies: Bodies,
}

/// A row with fields of several types.
#[signature]
#[derive(Clone, Debug)]
struct Row {
    #[input]
    question: String,
    #[input]
    tags: Vec<String>,
    #[output]
    answer: Option<i64>,
    #[output]
    score: f64,
}

/// A plain row.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Plain {
    question: String,
    #[serde(default)]
    answer: Option<i64>,
}

const SPECS: [&str; 8] = [
    "q -> answer",
    "q -> answer: int",
    "q -> answer: list[str], confidence: float",
    "q -> answer: list[list[list[int]]]",
    "q -> answer: dict[str, list[dict[str, int]]]",
    r#"q -> answer: Literal["refund", "refund_denied", "a", "other"], sure: bool"#,
    "q -> reasoning, answer: Any",
    "q -> answer: list[dict[str, str]] | None",
];

impl Target {
    pub(crate) fn named(name: &str) -> Option<Self> {
        let schema = json!({
            "type": "object",
            "properties": {
                "query": {"type": "string"},
                "limit": {"type": "integer"},
                "paths": {"type": "array", "items": {"type": "string"}},
                "mode": {"enum": ["fast", "deep"]},
            },
            "required": ["query"],
        });
        Some(Self {
            name: NAMES.iter().find(|known| **known == name)?,
            specs: SPECS
                .iter()
                .filter_map(|spec| make_signature(spec, "Do it.").ok())
                .collect(),
            tool: ToolSpec::with_schema("find", "Finds.", schema),
            folder: tempfile::tempdir().ok()?,
            recorded: Recorded::new()?,
            bodies: Bodies::new()?,
        })
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// Reads the bytes. The result says how that ended.
    pub(crate) fn read(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes);
        match self.name {
            "replies" => self.replies(&text),
            "bodies" => self.bodies.ask(bytes),
            "arguments" => self.arguments(&text),
            "signatures" => said(make_signature(&text, "Do it.")),
            "csv" => self.table(bytes),
            "jsonl" => self.lines(bytes),
            "artifacts" => said(Artifact::from_text(&text, "tuned.json")),
            "cassettes" => said(Replay::open(self.file("tape.jsonl", bytes)).map(|_| ())),
            "caches" => said(Cache::open(
                self.file("cache.jsonl", &with_checksums(bytes)),
            )),
            "journals" => self.recorded.resume(&with_checksums(bytes)),
            #[cfg(feature = "local")]
            "gguf" => self.weights(bytes),
            other => format!("there is no target {other}"),
        }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        // What is not written is not read, which is an outcome like any other.
        let _ = fs::write(&path, bytes);
        path
    }

    fn replies(&self, text: &str) -> String {
        let mut outcomes = String::new();
        // Two signatures for each reply, so that more replies are read.
        let first = text.len() % 4;
        for spec in self.specs.iter().skip(first).step_by(4) {
            for adapter in [&ChatAdapter as &dyn Adapter, &JsonAdapter] {
                let read = adapter.parse(spec, text);
                if let Ok(parsed) = &read {
                    for (field, value) in spec.outputs().zip(&parsed.values) {
                        assert_eq!(field.ty.check(value), Ok(()), "a value is not of its type");
                    }
                }
                outcomes.push(if read.is_ok() { '+' } else { '-' });
                if let Ok(parsed) = read {
                    let repairs = parsed.receipt.repairs.into_iter();
                    outcomes.extend(repairs.take(2).map(|repair| repair.done));
                }
            }
        }
        outcomes
    }

    fn arguments(&self, text: &str) -> String {
        let as_text = said(self.tool.read_arguments(text.into()));
        let as_json = serde_json::from_str::<Value>(text);
        let as_json = as_json.map(|json| said(self.tool.read_arguments(json)));
        as_text + &said(as_json)
    }

    fn table(&self, bytes: &[u8]) -> String {
        let path = self.file("f.csv", bytes);
        let loader = Loader::new();
        let [row, plain] = [
            said(loader.csv::<Row>(&path).map(drop)),
            said(
                loader
                    .allow_duplicates()
                    .csv_serde::<Plain>(&path)
                    .map(drop),
            ),
        ];
        row + &plain
    }

    fn lines(&self, bytes: &[u8]) -> String {
        let path = self.file("f.jsonl", bytes);
        let loader = Loader::new();
        let [row, plain] = [
            said(loader.jsonl::<Row>(&path).map(drop)),
            said(
                loader
                    .allow_duplicates()
                    .splits_jsonl_serde::<Plain>(&path)
                    .map(drop),
            ),
        ];
        row + &plain
    }

    /// Opens a model file, and asks the model if there is one.
    #[cfg(feature = "local")]
    fn weights(&self, bytes: &[u8]) -> String {
        use dashoptimize::lm::local::{LocalModel, Weights};
        let path = self.file("model.gguf", bytes);
        let model = LocalModel::builder(Weights::path(path))
            .threads(std::num::NonZeroUsize::MIN)
            .open();
        match model {
            Ok(model) => self.recorded.ask(model),
            Err(error) => error.to_string(),
        }
    }

    /// Sound inputs, and inputs of the kinds that once went wrong.
    pub(crate) fn seeds(&self) -> Vec<Vec<u8>> {
        let seeds: &[&str] = match self.name {
            "replies" => &[
                "[[ ## answer ## ]]\nParis\n\n[[ ## completed ## ]]",
                "{\"answer\": [\"red\", \"blue\"], \"confidence\": 0.9}",
                "{\"answer\": {\"a\": [{\"b\": 1}, {\"c\": 2.0}]}}",
                "<think>It may be Lyon.</think>\nAnswer: Paris\nConfidence: 0.5",
                "```json\n{'answer': 'a' + \"b\", confidence: .5,}\n```",
                "{\"answer\": \"\"\"\nx = {\"a\": 1}\n\"\"\", \"confidence\": 1_0}",
                "See [1]: [\"red\" \"blue\"], ('x', 'y')\n- one\n- two",
                "{\"type\":\"object\",\"properties\":{\"answer\":{\"type\":\"string\"}}}\n{\"answer\": \"x\"}",
                "<reasoning>I know.</reasoning><answer>refund</answer><sure>yes</sure>",
                "{a:“{a:“{\"a\":‘{\"answer\": [[[1.5]]]",
                "The answer is B because $\\frac{1}{2}$ \\u0041 １２",
            ],
            "arguments" => &[
                "{\"query\": \"a\", \"limit\": \"7\", \"paths\": \"[\\\"x\\\"]\", \"mode\": \"Fast\"}",
                "```json\n{'query': 'a', 'paths': ['x', 'y',]}\n```",
                "{\"Query\": 1.10, \"limit\": 3.0, \"paths\": [[\"a\"]]}",
                "\"{\\\"query\\\": \\\"a\\\"}\"",
            ],
            "signatures" => &[
                "question, context: list[str] -> answer: str | None, score: float",
                "a: dict[str, list[int]] -> b: Literal[\"x\", 'y'], c: Optional[bool]",
                "q: list[list[list[dict[str, Any]]]] -> r: float",
            ],
            "csv" => &[
                "question,tags,answer,score\nq,\"[\"\"a\"\", \"\"b\"\"]\",3.0,0.5\n\"two\nlines\",[],,1\n",
                "\u{feff}question,answer\r\nq,1\r\n\"a, b\",2\r\n",
                ",question,tags,answer,score\n0,{\"a\": 1},[],1,2\n",
            ],
            "jsonl" => &[
                "{\"question\": \"q\", \"tags\": [\"a\"], \"answer\": 3.0, \"score\": 0.5}\n",
                "{\"question\": \"q\", \"split\": \"train\"}\n{\"question\": \"r\", \"split\": \"val\"}\n",
                "{\"question\": \"q\", \"question\": \"r\"}\n",
            ],
            "artifacts" => &[include_str!("../prompts/mood.json")],
            _ => &[],
        };
        let mut seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
        match self.name {
            "replies" => seeds.extend(long_replies()),
            "cassettes" => seeds.push(self.recorded.tape.clone()),
            "caches" => seeds.push(without_checksums(&self.recorded.cache)),
            "journals" => seeds.push(without_checksums(&self.recorded.journal)),
            "bodies" => seeds.extend(bodies::SEEDS.map(|seed| seed.as_bytes().to_vec())),
            #[cfg(feature = "local")]
            "gguf" => seeds.push(model_file::sound()),
            _ => {}
        }
        seeds
    }

    /// Words that the reader knows.
    pub(crate) const fn words(&self) -> &'static [&'static str] {
        match self.name.as_bytes() {
            b"replies" => &[
                "[[ ## answer ## ]]\n",
                "[[ ## completed ## ]]",
                "[[ ##",
                "{\"answer\": ",
                "\"confidence\": ",
                "answer: ",
                "<think>",
                "</think>",
                "<answer>",
                "</answer>",
                "[THINK]",
                "- ",
                "1. ",
                "{a:“",
                "{\"a\":‘",
                "refund",
                "\"type\": \"string\"",
                "\"properties\": ",
                "```json\n",
                "\" + \"",
                "other",
                "[1]",
                "\\frac",
                "[\\[ ##",
            ],
            b"bodies" => &[
                "\"choices\":[",
                "\"message\":",
                "\"delta\":",
                "\"content\":",
                "\"refusal\":",
                "\"finish_reason\":",
                "\"length\"",
                "\"error\":",
                "\"usage\":{",
                "\"total_tokens\":",
                "\"tool_calls\":[",
                "data: ",
                "[DONE]",
                "HTTP/1.1 200 OK\r\n",
                "\r\n\r\n",
                "content-length: ",
                "transfer-encoding: chunked\r\n",
                "retry-after: ",
            ],
            b"arguments" => &[
                "\"query\": ",
                "\"limit\": ",
                "\"paths\": ",
                "\"mode\": ",
                "Fast",
                "```json\n",
            ],
            b"signatures" => &[
                "list[",
                "dict[str, ",
                "Literal[",
                "Optional[",
                " | None",
                "->",
                "Any",
                "int",
                "bool",
            ],
            b"csv" => &[
                "\"\"",
                "\",\"",
                ",,",
                "question",
                "answer",
                "\n\"",
                "\"\n",
                "[\"\"a\"\"]",
            ],
            b"jsonl" => &[
                "\"question\": ",
                "\"tags\": ",
                "\"answer\": ",
                "\"split\": ",
                "\"train\"",
                "}\n{",
            ],
            b"artifacts" => &[
                "\"predictors\"",
                "\"demos\"",
                "\"inputs\"",
                "\"outputs\"",
                "\"params\"",
                "\"format\": 1",
            ],
            b"cassettes" | b"caches" | b"journals" => &[
                "\"key\"",
                "\"reply\"",
                "\"usage\"",
                "\"error\"",
                "\"format\"",
                "}\n{",
            ],
            _ => &[
                "GGUF",
                "\u{1}\0\0\0",
                "\0\0\0\0\0\0\0\0",
                "\0\0\0\u{40}\0\0\0\0",
                "\u{9}\0\0\0",
                "llama.attention.key_length",
                "qwen2",
                ".bias",
                "rope_freqs.weight",
                "{% for i in range(9999) %}",
                "{% endfor %}",
                "<|im_end|>",
            ],
        }
    }
}

/// How a result ended.
fn said<T, E: std::fmt::Display>(result: Result<T, E>) -> String {
    result.map_or_else(|error| error.to_string(), |_| "read".to_owned())
}

/// The lines with the checksums that a log has, so that what is in them is read.
fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        for byte in &Sha256::digest(body)[..4] {
            lines.extend(format!("{byte:02x}").into_bytes());
        }
        lines.push(b' ');
        lines.extend(line);
    }
    lines
}

/// The records of a log without their checksums.
fn without_checksums(bytes: &[u8]) -> Vec<u8> {
    const HEAD: usize = 9;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines
        .flat_map(|line| line.get(HEAD..).unwrap_or_default())
        .copied()
        .collect()
}

/// Replies of 60 KB that once took seconds, because parts of them were looked at again and again.
fn long_replies() -> impl Iterator<Item = Vec<u8>> {
    let families = [
        ("{\"answer\": \"a\", \"confidence\": 1}", "[1]", ""),
        ("", "[[[[[[[[b\": 1 ## answer ## ", ""),
        ("", "</think>\n", "Paris"),
        (
            "```",
            "[1]",
            "                                                  ",
        ),
        ("", "{\"answer\": \"a\", \"confidence\": 1}", ""),
        ("[", "[\"a\",   ", ""),
    ];
    families.into_iter().map(|(start, part, end)| {
        let parts = part.repeat((60_000 - start.len() - end.len()) / part.len());
        [start, &parts, end].concat().into_bytes()
    })
}
