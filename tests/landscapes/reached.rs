//! How far optimizers come, and what they call.

use std::fmt;
use std::ops::Range;

use dashoptimize::engine::{Install, Run};
use dashoptimize::evaluate::{Dataset, MetricError, MetricFn, Score, Splits};
use dashoptimize::lm::{Lm, Purpose};
use dashoptimize::module::ModuleExt;
use dashoptimize::optimizer::{Optimized, Optimizer};
use dashoptimize::state::State;

use super::model::{accuracy, model};
use super::program::{Item, Program, number_in, row};
use super::world::{World, part_of};

/// How far an optimizer came in a world, for each seed.
pub(crate) struct Reached {
    pub(crate) world: &'static str,
    /// The share of rows that the program as given has right.
    pub(crate) given: f64,
    /// The share of the way from the program as given to the optimum, by what is known of the final prompt.
    pub(crate) shares: Vec<f64>,
    /// How many calls had which purpose.
    pub(crate) calls: Vec<Calls>,
    /// How often the verdict is that the result is better.
    pub(crate) better: usize,
    pub(crate) results: Vec<Optimized<Program>>,
}

/// Calls by purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Calls {
    pub(crate) task: u64,
    pub(crate) propose: u64,
    pub(crate) reflect: u64,
}

/// Any number of calls.
pub(crate) const NO_LIMIT: Calls = Calls {
    task: u64::MAX,
    propose: u64::MAX,
    reflect: u64::MAX,
};

/// Runs an optimizer in a world, once for each seed. It is made with the metric of the world and a proposer.
pub(crate) async fn landscape<O: Optimizer<Program, Item>>(
    world: &'static World,
    seeds: Range<u64>,
    optimizer: impl Fn(MetricFn<Item, String>, Lm) -> O,
) -> Reached {
    let given = Program::new(world.steps.len(), Lm::new(model(world, 0)));
    let before = of_state(world, &given, &given.state()).await;
    let mut reached = Reached {
        world: world.name,
        given: before,
        shares: Vec::new(),
        calls: Vec::new(),
        better: 0,
        results: Vec::new(),
    };
    for seed in seeds {
        let program = given.clone().lm(model(world, seed));
        let optimizer = optimizer(metric(world), super::proposer(world, seed));
        let run = Run::in_memory().seed(seed).install(Install::Always);
        let data = splits(world, seed);
        let ended = optimizer.optimize(&program, &data, &run).await;
        let optimized =
            ended.unwrap_or_else(|error| panic!("{}, seed {seed}: {error}", world.name));
        let after = of_state(world, &given, &optimized.tuned).await;
        let gain = world.optimum - before;
        reached.shares.push(if gain > 0.0 {
            (after - before) / gain
        } else {
            after / world.optimum
        });
        let ledger = &optimized.report.ledger;
        let of = |purpose| ledger.for_purpose(purpose).calls;
        reached.calls.push(Calls {
            task: of(Purpose::Task),
            propose: of(Purpose::Propose),
            reflect: of(Purpose::Reflect),
        });
        let verdict = optimized.verdict.as_ref();
        reached.better += usize::from(verdict.is_some_and(|verdict| verdict.is_better()));
        reached.results.push(optimized);
    }
    println!("{reached}");
    reached
}

/// The known accuracy of a program in this state.
pub(crate) async fn of_state(world: &'static World, program: &Program, state: &State) -> f64 {
    let probe = model(world, 0).keeping_requests();
    let program = program.with_state(state).expect("a state of the program");
    let input = dashoptimize::evaluate::Example::input(&row(1));
    // A reply that cannot be read is as good as any to see the prompt.
    let _ = program.lm(probe.clone()).call(input).await;
    let requests = probe.requests();
    match (requests.len(), world.steps.len()) {
        (seen, steps) if seen == steps => accuracy(world, &requests),
        (seen, steps) => panic!("{seen} prompts of {steps} were seen"),
    }
}

/// The number of the first row with seed 1.
pub(crate) const FIRST_ROW: u64 = 100_000;

/// The rows of a world; other seeds have others.
pub(crate) fn splits(world: &World, seed: u64) -> Splits<Item> {
    let [train, val, holdout] = world.rows.map(|rows| rows as u64);
    let first = FIRST_ROW * seed;
    let part = |from: u64, rows: u64| {
        Dataset::from_vec(
            (first + from..first + from + rows)
                .map(row)
                .collect::<Vec<Item>>(),
        )
    };
    let mut splits = Splits::builder()
        .train(part(0, train))
        .val(part(train, val));
    if holdout > 0 {
        splits = splits.holdout(part(train + val, holdout));
    }
    splits.build().expect("all rows are different")
}

/// Whether the answer is right; if not, it says what the row needs, to each predictor for its own step.
pub(crate) fn judge(
    world: &'static World,
    gold: &Item,
    said: &String,
) -> Result<Score, MetricError> {
    if gold.answer == *said {
        return Score::new(1.0);
    }
    let number = number_in(&gold.item).expect("a number");
    let names: &[&str] = match world.steps.len() {
        1 => &["answer"],
        _ => &["hint", "answer"],
    };
    let mut score = Score::new(0.0)?.with_feedback("The answer is wrong.");
    for (index, (step, name)) in world.steps.iter().zip(names).enumerate() {
        let phrase = part_of(step, index, number).need.phrase();
        let known = world
            .phrases
            .iter()
            .find(|known| Some(known.text) == phrase);
        if let Some(phrase) = known {
            let words = format!("The answer is wrong: {}.", phrase.cue);
            score = score.with_feedback_for(*name, words);
        }
    }
    Ok(score)
}

pub(crate) fn metric(world: &'static World) -> MetricFn<Item, String> {
    MetricFn::new(move |gold: &Item, said: &String| judge(world, gold, said))
}

impl Reached {
    /// The mean share of the optimum.
    pub(crate) fn share(&self) -> f64 {
        self.shares.iter().sum::<f64>() / self.shares.len() as f64
    }

    /// Says what is wrong if the mean share of the optimum is lower, or a run called more than these calls.
    pub(crate) fn check(&self, share: f64, most: Calls) -> Result<(), String> {
        if self.share() < share {
            return Err(format!("{self}: {share} of the optimum is expected"));
        }
        let over = self.calls.iter().find(|calls| {
            calls.task > most.task || calls.propose > most.propose || calls.reflect > most.reflect
        });
        over.map_or(Ok(()), |over| {
            Err(format!("{over:?} is more than {most:?}"))
        })
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = self.shares.iter().copied().fold(f64::INFINITY, f64::min);
        let mean = |of: fn(&Calls) -> u64| {
            self.calls.iter().map(of).sum::<u64>() / self.calls.len().max(1) as u64
        };
        write!(
            f,
            "{:<10} {:.2} of the optimum (least {least:.2}), calls: {} task, {} propose, {} reflect",
            self.world,
            self.share(),
            mean(|calls| calls.task),
            mean(|calls| calls.propose),
            mean(|calls| calls.reflect)
        )
    }
}
