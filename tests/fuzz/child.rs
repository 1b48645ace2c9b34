//! One target in its process.

use std::collections::HashSet;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};

use super::mutate::{cycled, mutated};
use super::random::Random;
use super::targets::Target;

pub(crate) const HEADER: &str =
    "target          executions      CPU   panics   slowest              growth   peak memory";

/// Inputs with a new outcome that are kept.
const MOST_INPUTS: usize = 512;
/// The slowest inputs whose growth is measured.
const SLOWEST: usize = 12;
const TOO_SLOW: Duration = Duration::from_secs(2);
const SHORT: usize = 15 << 10;
/// More than this is not linear: four times the length needs four times the time, give or take what else
/// the machine does. Times below [`MEASURABLE`] say nothing.
const TOO_MUCH: f64 = 12.0;
const MEASURABLE: Duration = Duration::from_millis(20);

/// An input up to this length is repeated to measure the growth; of a longer one, a part would be read.
const UNIT: usize = 4 << 10;
/// How long the growth is measured.
const MEASURING: Duration = Duration::from_secs(10);

/// Where the input that a target reads is written before it is read.
pub(crate) fn input_file(target: &str) -> PathBuf {
    std::env::temp_dir().join(format!("fuzz-{target}.input"))
}

/// Reads one input, and says how it ended.
pub(crate) fn read_once(name: &str, input: &Path) -> ExitCode {
    let (Some(target), Ok(bytes)) = (Target::named(name), std::fs::read(input)) else {
        eprintln!("there is no target or no input of that name");
        return ExitCode::FAILURE;
    };
    let start = Instant::now();
    println!("{}\n{:?}", target.read(&bytes), start.elapsed());
    ExitCode::SUCCESS
}

/// Reads inputs until the time is over.
pub(crate) fn run(name: &str, time: Duration, seed: u64) -> ExitCode {
    let Some(target) = Target::named(name) else {
        eprintln!("there is no target `{name}`");
        return ExitCode::FAILURE;
    };
    let mut fuzzer = match Fuzzer::new(target) {
        Ok(fuzzer) => fuzzer,
        Err(error) => {
            eprintln!("{name}: the input cannot be written: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut random = Random::new(seed, name);
    let end = Instant::now() + time;
    for input in fuzzer.inputs.clone() {
        fuzzer.execute(&input);
    }
    while Instant::now() < end {
        let input = mutated(&fuzzer.inputs, fuzzer.target.words(), &mut random);
        fuzzer.execute(&input);
    }
    fuzzer.report()
}

struct Fuzzer {
    target: Target,
    inputs: Vec<Vec<u8>>,
    outcomes: HashSet<String>,
    written: File,
    /// The time that the processor has spent.
    started: ProcessTime,
    executions: u64,
    panics: u64,
    slowest: Slowest,
    /// The slowest inputs of those that are short.
    slowest_short: Slowest,
}

/// The slowest inputs, the slowest first.
#[derive(Default)]
struct Slowest(Vec<(Duration, Vec<u8>)>);

impl Slowest {
    fn keep(&mut self, took: Duration, input: &[u8]) {
        let place = self.0.partition_point(|(slower, _)| *slower >= took);
        if place < SLOWEST {
            self.0.insert(place, (took, input.to_vec()));
            self.0.truncate(SLOWEST);
        }
    }
}

impl Fuzzer {
    fn new(target: Target) -> std::io::Result<Self> {
        Ok(Self {
            inputs: target.seeds(),
            written: File::create(input_file(target.name()))?,
            target,
            outcomes: HashSet::new(),
            started: ProcessTime::now(),
            executions: 0,
            panics: 0,
            slowest: Slowest::default(),
            slowest_short: Slowest::default(),
        })
    }

    fn execute(&mut self, input: &[u8]) {
        // If this fails, the input of a crash is lost, and nothing else.
        let _ = self.write(input);
        let (took, outcome) = self.timed(input);
        self.executions += 1;
        match outcome {
            Some(outcome) => {
                let is_new = self.outcomes.len() < MOST_INPUTS && self.outcomes.insert(outcome);
                if is_new {
                    self.inputs.push(input.to_vec());
                }
            }
            None => {
                self.panics += 1;
                let path = input_file(&format!("{}-panic-{}", self.target.name(), self.panics));
                let _ = std::fs::write(&path, input);
                println!(
                    "{}: panicked; the input is in {}",
                    self.target.name(),
                    path.display()
                );
            }
        }
        if input.len() <= UNIT {
            self.slowest_short.keep(took, input);
        }
        self.slowest.keep(took, input);
    }

    fn write(&mut self, input: &[u8]) -> std::io::Result<()> {
        self.written.set_len(0)?;
        self.written.seek(SeekFrom::Start(0))?;
        self.written.write_all(input)
    }

    /// How long an input keeps the processor busy, and its outcome unless the reader panics.
    fn timed(&self, input: &[u8]) -> (Duration, Option<String>) {
        let start = ThreadTime::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| self.target.read(input)));
        (
            start.elapsed(),
            outcome.ok().map(|outcome| kind_of(&outcome)),
        )
    }

    /// The most that four times the length needs, as a multiple of the time, and the input.
    fn growth(&mut self) -> (f64, Vec<u8>) {
        let end = Instant::now() + MEASURING;
        let inputs = std::mem::take(&mut self.slowest_short.0);
        let mut most = (0.0, Vec::new());
        for (_, input) in inputs {
            let mut growth = self.growth_from(&input, SHORT);
            if growth > TOO_MUCH {
                // Where the input is cut may decide how it is read, at one length but not at all.
                growth = growth.min(self.growth_from(&input, 2 * SHORT));
            }
            if growth > most.0 {
                most = (growth, input);
            }
            if Instant::now() > end {
                break;
            }
        }
        most
    }

    /// How many times as long four times this length takes, 0 if that is too short a time to say.
    fn growth_from(&mut self, input: &[u8], short: usize) -> f64 {
        let [short, long] = [short, 4 * short].map(|length| self.best(&cycled(input, length)));
        match long > MEASURABLE {
            true => long.as_secs_f64() / short.as_secs_f64().max(1e-5),
            false => 0.0,
        }
    }

    /// The shortest time of three.
    fn best(&mut self, input: &[u8]) -> Duration {
        let _ = self.write(input);
        let times = (0..3).map(|_| self.timed(input).0);
        times.min().unwrap_or_default()
    }

    fn report(&mut self) -> ExitCode {
        let (growth, input) = self.growth();
        let path = input_file(&format!("{}-growth", self.target.name()));
        let _ = std::fs::write(path, input);
        let (took, slowest) = self.slowest.0.first().cloned().unwrap_or_default();
        let length = slowest.len();
        let path = input_file(&format!("{}-slowest", self.target.name()));
        let _ = std::fs::write(path, slowest);
        println!(
            "{:14} {:11} {:6} s {:8}   {:8.1?} ({length:6} B) {:8.1} {:>13}",
            self.target.name(),
            self.executions,
            self.started.elapsed().as_secs(),
            self.panics,
            took,
            growth,
            peak_memory(),
        );
        let fails = self.panics > 0 || took > TOO_SLOW || growth > TOO_MUCH;
        ExitCode::from(u8::from(fails))
    }
}

/// An outcome without its numbers and quotations, so that equal outcomes are one.
fn kind_of(outcome: &str) -> String {
    let mut kind = String::new();
    let mut quoted = false;
    for c in outcome.chars().take(400) {
        match c {
            '"' | '`' => quoted = !quoted,
            c if quoted || c.is_ascii_digit() => {}
            c => kind.push(c),
        }
    }
    kind
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or("unknown".to_owned(), |peak| peak.trim().to_owned())
}
