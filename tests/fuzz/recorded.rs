//! What runs write, made by a run.

use std::fs;
use std::path::Path;

use dashoptimize::engine::Run;
use dashoptimize::lm::{Cache, ChatRequest, LmError, LmErrorKind, Recorder, Scripted};
use dashoptimize::module::{LLMNode, ModuleExt};
use dashoptimize::signature::make_signature;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// A row, and the state of the program.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Quiz {
    question: String,
    answer: String,
}

/// The files of a run that has ended.
pub(crate) struct Recorded {
    folder: TempDir,
    runtime: Runtime,
    pub(crate) tape: Vec<u8>,
    pub(crate) cache: Vec<u8>,
    pub(crate) journal: Vec<u8>,
}

impl Recorded {
    pub(crate) fn new() -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        let tape = folder.path().join("tape.jsonl");
        let cache = folder.path().join("cache.jsonl");
        let recorder = Recorder::new(model(), &tape).ok()?;
        let signature = make_signature("question -> answer", "Answer.").ok()?;
        let program = LLMNode::new(signature, recorder, "quiz").max_tokens(50);
        let run = Run::folder(folder.path().join("run")).cache(Cache::open(&cache).ok()?);
        evaluate(&runtime, &program, &run);
        drop((program, run));
        Some(Self {
            tape: fs::read(tape).ok()?,
            cache: fs::read(cache).ok()?,
            journal: fs::read(journal(folder.path())).ok()?,
            folder,
            runtime,
        })
    }

    /// Resumes the run with other bytes in its journal. The result says how that ended.
    pub(crate) fn resume(&self, bytes: &[u8]) -> String {
        let Ok(signature) = make_signature("question -> answer", "Answer.") else {
            return "no signature".to_owned();
        };
        let _ = fs::write(journal(self.folder.path()), bytes);
        let program = LLMNode::new(signature, model(), "quiz").max_tokens(50);
        evaluate(
            &self.runtime,
            &program,
            &Run::folder(self.folder.path().join("run")),
        )
    }

    /// Asks a model, whatever it is. The result says how that ended.
    #[cfg(feature = "local")]
    pub(crate) fn ask(&self, model: dashoptimize::lm::local::LocalModel) -> String {
        let Ok(signature) = make_signature("question -> answer", "Answer.") else {
            return "no signature".to_owned();
        };
        let program: LLMNode<Quiz> = LLMNode::new(signature, model, "quiz").max_tokens(2);
        let state = Quiz {
            question: "this".to_owned(),
            answer: String::new(),
        };
        let ended = self.runtime.block_on(program.call(state));
        let ended = ended.map_or_else(|error| error.to_string(), |_| "an answer".to_owned());
        assert!(!ended.contains("after a panic"), "{ended}");
        ended
    }
}

fn journal(folder: &Path) -> std::path::PathBuf {
    folder.join("run").join("journal.jsonl")
}

fn model() -> Scripted {
    let model =
        Scripted::new(
            |request: &ChatRequest| match request.turns[0].text().contains('3') {
                true => Err(LmError::new(LmErrorKind::ContextTooLong, "too long")),
                false => Ok("[[ ## answer ## ]]\nyes"),
            },
        );
    model.with_id("quiz-model")
}

fn evaluate(runtime: &Runtime, program: &LLMNode<Quiz>, run: &Run) -> String {
    let rows: Vec<Quiz> = (0..4)
        .map(|row| Quiz {
            question: format!("Is it {row}?"),
            answer: "yes".to_owned(),
        })
        .collect();
    let metric = |gold: &Quiz, said: &Quiz| gold.answer == said.answer;
    match runtime.block_on(run.evaluate(program, &rows, &metric)) {
        Ok((evaluation, _)) => evaluation.measured.to_string(),
        Err(stop) => stop.to_string(),
    }
}
