//! `GEPA`: a model reads what went wrong, and rewrites the instructions.
//!
//! ```sh
//! cargo run --release -p examples --bin gepa
//! ```
//!
//! Without options one embedded model does both, answering and reflecting. A model of 135 million parameters can
//! hardly reflect, so expect little: `--proposer qwen2.5-coder-1.5b` or `--proposer openai/gpt-4o-mini` shows what
//! the optimizer can do.

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

/// Whether the name is right, letter case aside, and what is wrong with it if not.
fn judge(gold: &AddToPlaylist, said: &AddToPlaylistOutput) -> (bool, String) {
    let name = |text: &str| text.trim().to_lowercase();
    let (expected, found) = (name(&gold.answer), name(&said.answer));
    let feedback = match expected == found {
        true => "right".to_owned(),
        false if found.contains(&expected) => {
            format!(
                "expected only `{}`, without the words around it",
                gold.answer
            )
        }
        false => format!(
            "expected `{}`, the words of the request that name the playlist",
            gold.answer
        ),
    };
    (expected == found, feedback)
}

/// Rewrites the instructions of a small program.
#[derive(Parser)]
struct Options {
    /// The model of the program, as in `quickstart`.
    #[arg(long, default_value = "local")]
    model: String,
    /// The model that reflects. Default: that of the program.
    #[arg(long)]
    proposer: Option<String>,
    /// Where the run keeps what it paid for.
    #[arg(long, default_value = "runs/gepa")]
    run: PathBuf,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let lm = examples::model(&options.model)?;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/snips_playlist.jsonl");
    let data = Loader::new()
        .splits_jsonl::<AddToPlaylist>(path)?
        .take(20, 15, 40);
    let run = Run::folder(&options.run)
        .budget(Budget::calls(400))
        .observer(Progress::new());
    let mut optimizer = GEPA::new(judge).num_generations(3).max_metric_calls(100);
    if let Some(proposer) = &options.proposer {
        optimizer = optimizer.proposer(examples::model(proposer)?);
    }
    let tuned = optimizer
        .optimize(&PlaylistName::new(lm), &data, &run)
        .await?;
    say!("{tuned}");
    for (path, state) in &tuned.tuned.predictors {
        let instructions = state
            .instructions
            .as_deref()
            .unwrap_or("as in the signature");
        say!("{path}: {instructions}");
    }
    let log = options.run.join("events.jsonl");
    say!("Why each text was taken or rejected: {}", log.display());
    Ok(())
}
