//! Fuzzers of all readers of bytes from outside: `cargo run --release -p tests --bin fuzz -- --minutes 30`.
//! With `--features local`, model files are among them.
//!
//! Each target runs in a process of its own, all at the same time, for as long as is said. The inputs
//! are made of the target's seeds: pieces are cut out, repeated, nested, swapped and replaced by words
//! that the reader knows. An input whose outcome is new becomes a seed. Before an input is read it is
//! written to a file, so that it survives a crash; `--target NAME --input FILE` reads it again.
//!
//! For each target it prints the number of executions, the time of the processor, the number of panics, the
//! slowest input, and how much longer an input of 60 KB took than one of 15 KB, at worst. The slowest input
//! is kept beside the one that is being read. Times are those of the processor. It fails if a target panics,
//! dies, needs more than two seconds for one input, or more than twelve times as long for four times the
//! length.

mod bodies;
mod child;
#[cfg(feature = "local")]
mod model_file;
mod mutate;
mod random;
mod recorded;
mod targets;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::time::{Duration, Instant};

/// A target that says nothing for so long hangs.
const SILENCE: Duration = Duration::from_secs(300);

/// What was asked for on the command line.
struct Settings {
    time: Duration,
    seed: u64,
    target: Option<String>,
    input: Option<PathBuf>,
}

impl Settings {
    fn read() -> Result<Self, String> {
        let mut settings = Self {
            time: Duration::from_secs(60),
            seed: 0,
            target: None,
            input: None,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let value = words.next().ok_or(format!("{word} needs a value"))?;
            let number = || value.parse().map_err(|_| format!("{word} takes a number"));
            match word.as_str() {
                "--minutes" => settings.time = Duration::from_secs(60 * number()?),
                "--seconds" => settings.time = Duration::from_secs(number()?),
                "--seed" => settings.seed = number()?,
                "--target" => settings.target = Some(value),
                "--input" => settings.input = Some(value.into()),
                _ => return Err(format!("{word} is not known")),
            }
        }
        Ok(settings)
    }
}

fn main() -> ExitCode {
    let settings = match Settings::read() {
        Ok(settings) => settings,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    match (&settings.target, &settings.input) {
        (Some(target), Some(input)) => child::read_once(target, input),
        (Some(target), None) => child::run(target, settings.time, settings.seed),
        (None, _) => run_all(&settings),
    }
}

/// A target that is running.
struct Running {
    name: &'static str,
    process: Child,
    input: PathBuf,
}

fn run_all(settings: &Settings) -> ExitCode {
    println!("{}", child::HEADER);
    let mut running = Vec::new();
    for &name in targets::NAMES {
        match start(name, settings) {
            Ok(target) => running.push(target),
            Err(error) => {
                eprintln!("{name} cannot be started: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    let failed: usize = running
        .into_iter()
        .map(|mut target| usize::from(!ends_well(&mut target, settings.time)))
        .sum();
    ExitCode::from(u8::from(failed > 0))
}

fn start(name: &'static str, settings: &Settings) -> std::io::Result<Running> {
    // The input of an earlier run is old, which would look like a reader that hangs.
    let _ = std::fs::remove_file(child::input_file(name));
    let process = Command::new(std::env::current_exe()?)
        .args(["--target", name])
        .args(["--seconds", &settings.time.as_secs().to_string()])
        .args(["--seed", &settings.seed.to_string()])
        .spawn()?;
    Ok(Running {
        name,
        process,
        input: child::input_file(name),
    })
}

/// Waits for a target. Returns whether it found nothing.
fn ends_well(target: &mut Running, time: Duration) -> bool {
    let end = Instant::now() + time + 3 * SILENCE;
    loop {
        match target.process.try_wait() {
            Ok(Some(status)) if status.success() => return true,
            Ok(Some(status)) => {
                println!(
                    "{}: ended with {status}; {}",
                    target.name,
                    reproduce(target)
                );
                return false;
            }
            Ok(None) if Instant::now() < end && !is_silent(&target.input) => {
                std::thread::sleep(Duration::from_millis(200));
            }
            Ok(None) | Err(_) => {
                let _ = target.process.kill();
                let _ = target.process.wait();
                println!("{}: does not end; {}", target.name, reproduce(target));
                return false;
            }
        }
    }
}

/// Whether the target has been reading one input for too long.
fn is_silent(input: &Path) -> bool {
    let written = input.metadata().and_then(|file| file.modified());
    let age = written.ok().and_then(|written| written.elapsed().ok());
    age.is_some_and(|age| age > SILENCE)
}

fn reproduce(target: &Running) -> String {
    let (name, input) = (target.name, target.input.display());
    format!("read the input again with `--target {name} --input {input}`")
}
