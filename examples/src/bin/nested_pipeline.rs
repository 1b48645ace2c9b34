//! Pipelines in pipelines: each is a module like any other, tuned by its path, drawn as a box.
//!
//! ```sh
//! cargo run --release -p examples --bin nested_pipeline
//! cargo run --release -p examples --bin nested_pipeline -- --graph   # its graph, for Mermaid
//! ```

use std::error::Error;

use dashoptimize::lm::local::{LocalModel, Weights};
use dashoptimize::prelude::*;
use examples::say;

/// Name the capital of the country.
#[signature]
struct Capital {
    #[input]
    country: String,
    #[output]
    capital: String,
}

/// Name the continent of the country.
#[signature]
struct Continent {
    #[input]
    country: String,
    #[output]
    continent: String,
}

pipeline!(
    /// What there is to say of a country. The two questions do not wait for each other.
    fn Portrait(country: String) -> String {
        #[with(temperature = 0.0, max_tokens = 16, demos = capitals())]
        let seat = Predict::<Capital> { country };
        #[with(temperature = 0.0, max_tokens = 16, demos = continents())]
        let land = Predict::<Continent> { country };
        format!("{country} ({}), capital {}", land.continent, seat.capital)
    }

    /// A portrait of each country, two at a time.
    fn Atlas(countries: Vec<String>) -> Vec<String> {
        #[with(concurrency = 2)]
        let portraits = for country in countries {
            Portrait { country }
        };
        portraits
    }
);

fn capitals() -> Vec<Capital> {
    let row = |(country, capital): (&str, &str)| Capital {
        country: country.to_owned(),
        capital: capital.to_owned(),
    };
    [
        ("France", "Paris"),
        ("Japan", "Tokyo"),
        ("Egypt", "Cairo"),
        ("Cuba", "Havana"),
    ]
    .map(row)
    .into()
}

fn continents() -> Vec<Continent> {
    let row = |(country, continent): (&str, &str)| Continent {
        country: country.to_owned(),
        continent: continent.to_owned(),
    };
    [
        ("France", "Europe"),
        ("Japan", "Asia"),
        ("Egypt", "Africa"),
        ("Peru", "South America"),
    ]
    .map(row)
    .into()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The embedded model, or the model of a server that the first argument names: it needs `OPENAI_API_KEY`
    // and, if the server is not OpenAI's, `OPENAI_BASE_URL`.
    let lm: Lm = match std::env::args().nth(1) {
        Some(option) if option == "--graph" => {
            say!("{}", Atlas::GRAPH.to_mermaid());
            return Ok(());
        }
        None => LocalModel::open(Weights::default())?.into(),
        Some(name) => OpenAi::from_env(&name)?.into(),
    };
    let atlas = Atlas::new(lm);
    let paths: Vec<&str> = atlas.predictors().iter().map(|p| p.path()).collect();
    say!("predictors: {}\n", paths.join(", "));
    let expected = [
        ("Italy", "Rome"),
        ("China", "Beijing"),
        ("Argentina", "Buenos Aires"),
        ("India", "New Delhi"),
    ];
    let countries = expected.map(|(country, _)| country.to_owned()).into();
    let portraits = atlas.call(AtlasInput { countries }).await?;
    for (portrait, (_, capital)) in portraits.iter().zip(expected) {
        say!("{portrait} ({capital} expected)");
    }
    Ok(())
}
