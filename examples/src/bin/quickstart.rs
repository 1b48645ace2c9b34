//! The main job, end to end: a typed program on a real language model gets measurably better on real
//! labelled data.
//!
//! ```sh
//! cargo run --release -p examples --bin quickstart
//! ```
//!
//! Without options it prepares the embedded model (no key, no server) and takes playlist names out of
//! voice requests. `--model openai/gpt-4o-mini` asks OpenAI with the key in `OPENAI_API_KEY`, and
//! `--data my.jsonl` reads your own file with the same fields.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

use clap::Parser;
use dashoptimize::prelude::*;
use examples::{print_note, say};

/// Extract the name of the playlist that the user wants to add to. Answer none if there is no name.
#[signature]
struct AddToPlaylist {
    /// the request as the user said it
    #[input]
    utterance: String,
    /// the name of the playlist
    #[output]
    answer: String,
}

module!(
    /// Takes the name of the playlist out of a request.
    #[with(temperature = 0.0, max_tokens = 32)]
    type PlaylistName = Predict<AddToPlaylist>;
);

/// Whether the name is right, letter case aside.
fn is_right(gold: &AddToPlaylist, prediction: &AddToPlaylistOutput) -> bool {
    let name = |text: &str| text.trim().to_lowercase();
    name(&gold.answer) == name(&prediction.answer)
}

/// Optimizes a small program and says whether it is really better.
#[derive(Parser)]
struct Options {
    /// `local` (embedded, the default), `qwen2.5-coder-0.5b`, `qwen2.5-coder-1.5b`, the path of a GGUF
    /// file, or `openai/<name>`.
    #[arg(long, default_value = "local")]
    model: String,
    /// JSON lines with `utterance` and `answer`, and with `split` (train, dev, test) or without.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data/snips_playlist.jsonl"))]
    data: PathBuf,
    /// Where the run keeps what it paid for, and the tuned prompt. A second start goes on from there.
    /// Default: `runs/quickstart-` and the name of the model.
    #[arg(long)]
    run: Option<PathBuf>,
    /// Seed of all random choices.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Calls at most.
    #[arg(long, default_value_t = 1_000)]
    budget: u64,
}

/// The exit code of a program that was interrupted from the keyboard.
const INTERRUPTED: i32 = 130;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let folder = options.folder();
    // Whatever happens first. The signal is waited for before anything else, and the end of the process does not
    // wait for a download. An optimization that ends like this can be resumed.
    tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => {
            let folder = folder.display();
            print_note(&format!("interrupted; the same command goes on from {folder}"));
            process::exit(INTERRUPTED)
        }
        ended = optimize(options, &folder) => match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                print_note(&format!("error: {error}"));
                ExitCode::FAILURE
            }
        },
    }
}

impl Options {
    fn folder(&self) -> PathBuf {
        let model = self.model.replace(['/', '\\'], "-");
        let default = || format!("runs/quickstart-{model}").into();
        self.run.clone().unwrap_or_else(default)
    }
}

async fn optimize(options: Options, folder: &Path) -> Result<(), Box<dyn Error>> {
    let name = options.model;
    let lm = tokio::task::spawn_blocking(move || examples::model(&name).map_err(|e| e.to_string()));
    let lm = lm.await??;
    let data = rows(&options.data, options.seed)?;
    let run = Run::folder(folder)
        .budget(Budget::calls(options.budget))
        .seed(options.seed)
        .observer(Progress::new());
    let tuned = RandomSearch::new(is_right)
        .seeds(-3..3)
        .max_labeled_demos(8)
        .optimize(&PlaylistName::new(lm), &data, &run)
        .await?;
    say!("{tuned}");
    Ok(())
}

/// 60 rows to learn from, 50 to choose by, 100 to judge by.
fn rows(path: &Path, seed: u64) -> Result<Splits<AddToPlaylist>, DataError> {
    let loader = Loader::new();
    let has_split = std::fs::read_to_string(path).is_ok_and(|text| text.contains("\"split\""));
    let data = if has_split {
        loader.splits_jsonl(path)?
    } else {
        loader.jsonl(path)?.split(seed, Ratio::new(40, 30, 30))?
    };
    Ok(data.take(60, 50, 100))
}
