//! A route by a typed output: the compiler checks that there is a branch for every kind of request.
//!
//! ```sh
//! cargo run --release -p examples --bin typed_routing
//! cargo run --release -p examples --bin typed_routing -- --graph   # its graph, for Mermaid
//! ```

use std::error::Error;

use dashoptimize::call::{TraceEvent, Traced};
use dashoptimize::lm::local::{LocalModel, Weights};
use dashoptimize::prelude::*;
use examples::say;

/// Tell what the request is about.
#[signature]
struct Sort {
    /// the request as the user said it
    #[input]
    request: String,
    /// what it is about
    #[output]
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, FieldType)]
#[field(rename_all = "snake_case")]
enum Kind {
    AddToPlaylist,
    GetWeather,
}

/// Extract the name of the playlist that the user wants to add to.
#[signature]
struct Playlist {
    #[input]
    request: String,
    #[output]
    name: String,
}

/// Extract the place that the user asks the weather of.
#[signature]
struct Place {
    #[input]
    request: String,
    #[output]
    place: String,
}

pipeline!(
    /// Decides what to do.
    fn Assistant(request: String) -> String {
        #[with(temperature = 0.0, max_tokens = 24, repair = 1, demos = sorted())]
        let sorted = Predict::<Sort> { request };
        // If the enum gets a third kind, this no longer compiles.
        let action = match sorted.kind {
            Kind::AddToPlaylist => AddTo { request },
            Kind::GetWeather => Forecast { request },
        };
        action
    }

    /// Adds to a playlist.
    fn AddTo(request: String) -> String {
        #[with(temperature = 0.0, max_tokens = 24, demos = playlists())]
        let playlist = Predict::<Playlist> { request };
        format!("add to the playlist `{}`", playlist.name)
    }

    /// Looks up the weather.
    fn Forecast(request: String) -> String {
        #[with(temperature = 0.0, max_tokens = 24, demos = places())]
        let asked = Predict::<Place> { request };
        format!("look up the weather of `{}`", asked.place)
    }
);

fn sorted() -> Vec<Sort> {
    let row = |request: &str, kind| Sort {
        request: request.to_owned(),
        kind,
    };
    vec![
        row(
            "Add this tune to my Sleepy Time playlist",
            Kind::AddToPlaylist,
        ),
        row(
            "What will the weather be in Rome tomorrow?",
            Kind::GetWeather,
        ),
        row("put Karma Police on Indie Hits", Kind::AddToPlaylist),
        row("is it going to snow in Oslo", Kind::GetWeather),
        row(
            "Add Adele to the list called Rainy Day",
            Kind::AddToPlaylist,
        ),
        row("tell me the forecast for Peru", Kind::GetWeather),
        row("add this album to Workout Mix", Kind::AddToPlaylist),
        row("how cold will it be in Quebec on Sunday", Kind::GetWeather),
        row(
            "I want this song on my Summer Party playlist",
            Kind::AddToPlaylist,
        ),
        row("will there be fog in London", Kind::GetWeather),
    ]
}

fn playlists() -> Vec<Playlist> {
    let row = |request: &str, name: &str| Playlist {
        request: request.to_owned(),
        name: name.to_owned(),
    };
    vec![
        row("Add this tune to my Sleepy Time playlist", "Sleepy Time"),
        row("put Karma Police on Indie Hits", "Indie Hits"),
        row("Add Adele to the list called Rainy Day", "Rainy Day"),
    ]
}

fn places() -> Vec<Place> {
    let row = |request: &str, place: &str| Place {
        request: request.to_owned(),
        place: place.to_owned(),
    };
    vec![
        row("What will the weather be in Rome tomorrow?", "Rome"),
        row("is it going to snow in Oslo", "Oslo"),
        row("tell me the forecast for Peru", "Peru"),
    ]
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The embedded model, or the model of a server that the first argument names: it needs `OPENAI_API_KEY`
    // and, if the server is not OpenAI's, `OPENAI_BASE_URL`.
    let lm: Lm = match std::env::args().nth(1) {
        Some(option) if option == "--graph" => {
            say!("{}", Assistant::GRAPH.to_mermaid());
            return Ok(());
        }
        None => LocalModel::open(Weights::default())?.into(),
        Some(name) => OpenAi::from_env(&name)?.into(),
    };
    let assistant = Assistant::new(lm);
    for request in [
        "Add Hey Jude to my Road Trip playlist",
        "Will it rain in Lisbon this weekend?",
        "put the next song on Kitchen Swagger",
    ] {
        say!("{request}");
        let input = AssistantInput {
            request: request.to_owned(),
        };
        // The trace streams in while the pipeline runs.
        let action = assistant.call_watched(input, |traced: &Traced| {
            if let TraceEvent::PredictorEnded(step) = &traced.event {
                say!(
                    "  {}: {}",
                    step.predictor,
                    serde_json::json!(step.outputs())
                );
            }
        });
        say!("  → {}", action.await?);
    }
    Ok(())
}
