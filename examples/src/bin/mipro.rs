//! `MIPROv2`: a model writes instructions, the program makes demos, and both are searched together.
//!
//! ```sh
//! cargo run --release -p examples --bin mipro
//! ```
//!
//! Without options one embedded model does both, answering and writing. A model of 135 million parameters writes
//! poor instructions, so most of the gain comes from demos: `--proposer qwen2.5-coder-1.5b` or
//! `--proposer openai/gpt-4o-mini` shows what the optimizer can do.

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use dashoptimize::prelude::*;
use examples::say;

/// Extract the name of the playlist that the user wants to add to.
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
fn is_right(gold: &AddToPlaylist, said: &AddToPlaylistOutput) -> bool {
    let name = |text: &str| text.trim().to_lowercase();
    name(&gold.answer) == name(&said.answer)
}

/// Searches instructions and demos of a small program.
#[derive(Parser)]
struct Options {
    /// The model of the program, as in `quickstart`.
    #[arg(long, default_value = "local")]
    model: String,
    /// The model that writes instructions. Default: that of the program.
    #[arg(long)]
    proposer: Option<String>,
    /// Where the run keeps what it paid for.
    #[arg(long, default_value = "runs/mipro")]
    run: PathBuf,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let lm = examples::model(&options.model)?;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/snips_playlist.jsonl");
    let data = Loader::new()
        .splits_jsonl::<AddToPlaylist>(path)?
        .take(20, 20, 40);
    let run = Run::folder(&options.run)
        .budget(Budget::calls(600))
        .observer(Progress::new());
    let mut optimizer = MIPROv2::new(is_right)
        .max_bootstrapped_demos(3)
        .max_labeled_demos(6)
        .num_trials(8);
    if let Some(proposer) = &options.proposer {
        optimizer = optimizer.proposer(examples::model(proposer)?);
    }
    let tuned = optimizer
        .optimize(&PlaylistName::new(lm), &data, &run)
        .await?;
    say!("{tuned}");
    for (path, state) in &tuned.tuned.predictors {
        let instructions = state.instructions.as_deref();
        let instructions = instructions.unwrap_or("as in the signature");
        say!("{path}: {instructions} ({} demos)", state.demos.len());
    }
    let log = options.run.join("events.jsonl");
    say!("Why each candidate was taken: {}", log.display());
    Ok(())
}
