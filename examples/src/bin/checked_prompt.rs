//! A tuned prompt as a file that the compiler checks: if you rename a field of the signature, this program
//! no longer builds, and the message names the file, the predictor and the field.
//!
//! ```sh
//! cargo run --release -p examples --bin checked_prompt
//! ```
//!
//! The file is the artifact of a run of `quickstart`.

use std::error::Error;

use dashoptimize::artifact::Prompt;
use dashoptimize::include_prompt;
use dashoptimize::lm::local::{LocalModel, Weights};
use dashoptimize::prelude::*;
use examples::say;

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
    type PlaylistName = Predict<AddToPlaylist>;
);

static TUNED: Prompt<PlaylistName> = include_prompt!(PlaylistName, "prompts/playlist_name.json");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The embedded model, or the model of a server that the first argument names: it needs `OPENAI_API_KEY`
    // and, if the server is not OpenAI's, `OPENAI_BASE_URL`.
    let lm: Lm = match std::env::args().nth(1) {
        None => LocalModel::open(Weights::default())?.into(),
        Some(name) => OpenAi::from_env(&name)?.into(),
    };
    let lm = lm;
    let program = TUNED.program(lm)?;
    let demos = program.predictors()[0].state().demos.len();
    say!(
        "{}: {demos} demos, checked when this was compiled",
        TUNED.origin()
    );
    for (utterance, expected) in [
        (
            "add this album to my Dinner with Friends playlist",
            "Dinner with Friends",
        ),
        ("add this track to my Road Trip playlist", "Road Trip"),
        (
            "put this song on my Sunday Morning playlist",
            "Sunday Morning",
        ),
    ] {
        let input = AddToPlaylistInput {
            utterance: utterance.to_owned(),
        };
        let answer = program.call(input).await?.answer;
        say!("{utterance}\n  → {answer} ({expected} expected)");
    }
    Ok(())
}
