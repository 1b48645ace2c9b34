//! How often races and the optimizers that race are wrong.

use std::fmt;

use dashoptimize::engine::{Racing, SeededRng};
use dashoptimize::prelude::*;

use super::landscape::{Effect, Landscape, is_right, splits};
use super::search::RaceInstructions;

/// A kind of race.
pub(crate) struct RaceShape {
    pub(crate) name: &'static str,
    /// The accuracies of the candidates, in percent.
    pub(crate) styles: &'static [u64],
    /// Whether all find the same rows easy.
    pub(crate) alike: bool,
    pub(crate) rows: u64,
    pub(crate) one_by_one: bool,
}

pub(crate) const RACES: [RaceShape; 5] = [
    RaceShape {
        name: "5 equal, 40 rows",
        styles: &[50; 5],
        alike: false,
        rows: 40,
        one_by_one: false,
    },
    RaceShape {
        name: "2 equal, 100 rows",
        styles: &[60; 2],
        alike: false,
        rows: 100,
        one_by_one: false,
    },
    RaceShape {
        name: "8 equal one by one, 40 rows",
        styles: &[50; 8],
        alike: false,
        rows: 40,
        one_by_one: true,
    },
    RaceShape {
        name: "30 to 80 %, 60 rows",
        styles: &[30, 40, 50, 60, 70, 80],
        alike: false,
        rows: 60,
        one_by_one: false,
    },
    RaceShape {
        name: "0 to 70 % of the same rows, one by one",
        styles: &[70, 65, 30, 0],
        alike: true,
        rows: 60,
        one_by_one: true,
    },
];

/// What many races of a kind gave.
#[derive(Default)]
pub(crate) struct Races {
    name: &'static str,
    pub(crate) races: u64,
    /// The best on all rows was stopped.
    pub(crate) wrong: u64,
    /// Candidates that are not the best, and how many of them were stopped.
    others: u64,
    pub(crate) stopped: u64,
    /// Runs on rows without races, and how many of them were saved.
    runs: u64,
    pub(crate) saved: u64,
}

impl Races {
    pub(crate) async fn simulate(shape: &RaceShape, races: u64) -> Self {
        let mut sum = Self {
            name: shape.name,
            races,
            ..Self::default()
        };
        for seed in 0..races {
            sum.add(shape, seed).await;
        }
        sum
    }

    async fn add(&mut self, shape: &RaceShape, seed: u64) {
        let ways = shape.styles.iter().enumerate().map(|(way, share)| {
            let alike = if shape.alike { " alike" } else { "" };
            format!("style {share}{alike}. Way {way}.")
        });
        let mut search = RaceInstructions::new(ways);
        if shape.one_by_one {
            search = search.one_by_one();
        }
        let data = splits(seed, 1, shape.rows, 0);
        // A new order of the candidates in each race.
        SeededRng::new(seed, "order").shuffle(&mut search.instructions);
        let run = |racing| Run::in_memory().seed(seed).racing(racing);
        let program = Landscape::new(Effect::Style).program();
        let full = search.run(&program, &data, &run(Racing::off())).await;
        let raced = search.run(&program, &data, &run(Racing::default())).await;
        let score = |tried: &dashoptimize::engine::Tried| tried.measured.score_at_worst();
        let best = full.report.tried.iter().reduce(|best, next| {
            if score(next) > score(best) {
                next
            } else {
                best
            }
        });
        let best = best.expect("all were evaluated").candidate;
        let is_stopped = |number: u32| {
            raced
                .report
                .stopped
                .iter()
                .any(|one| one.candidate == number)
        };
        self.wrong += u64::from(is_stopped(best));
        self.others += shape.styles.len() as u64 - u64::from(best != 0);
        self.stopped += raced.report.stopped.len() as u64;
        self.runs += shape.rows * shape.styles.len() as u64;
        self.saved += raced.report.saved.rows;
    }
}

impl fmt::Display for Races {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |part: u64, of: u64| part as f64 / of.max(1) as f64 * 100.0;
        write!(
            f,
            "{:40} {:5} races: the best was stopped in {:.1} %; of the others {:.0} % were stopped; {:.0} % of \
             the calls saved",
            self.name,
            self.races,
            share(self.wrong, self.races),
            share(self.stopped.saturating_sub(self.wrong), self.others),
            share(self.saved, self.runs),
        )
    }
}

/// An optimizer whose runs are judged.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tuner {
    RandomSearch,
    Racer,
}

/// How often so many runs on a landscape end with `Better`, and how many calls races saved, in percent.
pub(crate) async fn better(tuner: Tuner, effect: Effect, runs: u64) -> (u64, f64) {
    let (mut better, mut saved, mut calls) = (0, 0.0, 0.0);
    for seed in 0..runs {
        let lm = Landscape::new(effect);
        let program = lm.clone().program();
        let data = splits(seed, 20, 30, 40);
        let run = Run::in_memory().seed(seed);
        let tuned = match tuner {
            Tuner::RandomSearch => {
                let search = RandomSearch::new(is_right)
                    .num_candidate_programs(5)
                    .max_demos(3);
                search.optimize(&program, &data, &run).await
            }
            Tuner::Racer => {
                let search = Racer::new(is_right).max_demos(3).rounds(3);
                search.optimize(&program, &data, &run).await
            }
        };
        let tuned = tuned.expect("the run can work");
        better += u64::from(tuned.verdict.is_some_and(|verdict| verdict.is_better()));
        saved += tuned.report.saved.calls;
        calls += lm.calls() as f64;
    }
    (better, saved / (saved + calls) * 100.0)
}
