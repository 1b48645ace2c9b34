//! How often races are wrong, and optimizers that race: `cargo run --release -p tests --bin race-calibration`.
//!
//! It simulates 2,000 races of five kinds, and 500 optimizations on a landscape on which nothing helps, and prints
//! how often the best candidate was stopped, how often a verdict was a false `Better`, how often known effects
//! were found, and what the races saved. It fails if a rate is beyond its limit of 5 %. With a number, it
//! simulates so many races and a quarter of the optimizations.

mod calibration;
mod landscape;
mod search;

use std::process::ExitCode;

use calibration::{RACES, Races, Tuner, better};
use landscape::Effect;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let races = std::env::args()
        .nth(1)
        .map_or(2_000, |races| races.parse().expect("a number of races"));
    let mut missed = 0;
    for shape in &RACES {
        let found = Races::simulate(shape, races / RACES.len() as u64).await;
        missed += u64::from(found.wrong * 20 > found.races);
        println!("{found}");
    }
    let runs = races / 4;
    for tuner in [Tuner::RandomSearch, Tuner::Racer] {
        let (found, saved) = better(tuner, Effect::Nothing, runs).await;
        missed += u64::from(found * 20 > runs);
        println!(
            "{tuner:?}, no effect: {found} of {runs} falsely Better; {saved:.0} % of the calls saved"
        );
        for (effect, name) in [
            (Effect::Demos(12), "each demo adds 12 points"),
            (Effect::Phrase(45, 80), "a phrase adds 35 points"),
        ] {
            let (found, saved) = better(tuner, effect, runs / 5).await;
            println!(
                "{tuner:?}, {name}: {found} of {} Better; {saved:.0} % of the calls saved",
                runs / 5
            );
        }
    }
    println!(
        "limits: the best is stopped in 5 %, falsely Better in 5 %; {missed} beyond their limits"
    );
    ExitCode::from(u8::from(missed > 0))
}
