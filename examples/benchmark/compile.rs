//! Compile time of a signature: a crate of 100 signatures and the same crate without them, with all
//! dependencies built beforehand.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::Options;
use crate::measure::{cpu_of_children, median, repeated};
use crate::peers::{DSPY_RS, cargo, output_of, sources, target, workspace};
use crate::report::{Report, short};

const SIGNATURES: usize = 100;

/// How a crate of signatures is written for one side.
struct Side {
    name: &'static str,
    dependencies: String,
    /// The lock file that names the versions of the dependencies.
    lock: PathBuf,
    uses: &'static str,
    attribute: &'static str,
    /// Where the peer wants the instructions: on the first input; ours are on the struct.
    instructions_on_field: bool,
}

/// What a build took, in seconds.
#[derive(Clone, Copy)]
struct Build {
    wall: f64,
    /// Of all processes of the build.
    cpu: f64,
}

/// A build without signatures and one with them.
type Pair = [Build; 2];

pub(crate) fn run(options: &Options, report: &mut Report) {
    let ours = measure(&ours());
    let theirs = options.peer(&DSPY_RS).and_then(|_| measure(&dspy_rs()));
    let sides = [("dashoptimize", &ours), (DSPY_RS.name, &theirs)];
    let table: Vec<_> = sides.into_iter().map(row).collect();
    let head = [
        "",
        "without: wall s",
        "CPU s",
        "with 100: wall s",
        "CPU s",
        "CPU ms per signature",
    ];
    let title =
        "`cargo build` of a crate of signatures, not optimized, dependencies built (medians)";
    Report::table(title, head, &table);
    let ratio = ours.and_then(|ours| Ok(each(&ours) / each(&theirs?)));
    report.at_most("compile time (CPU) per signature ÷ dspy-rs", 1.0, ratio);
}

fn row((name, pairs): (&str, &Result<Vec<Pair>, String>)) -> [String; 6] {
    match pairs {
        Ok(pairs) => {
            let of = |side: usize, of: fn(&Build) -> f64| {
                short(median(pairs.iter().map(|pair| of(&pair[side]))))
            };
            [
                name.to_owned(),
                of(0, |build| build.wall),
                of(0, |build| build.cpu),
                of(1, |build| build.wall),
                of(1, |build| build.cpu),
                short(each(pairs)),
            ]
        }
        Err(reason) => {
            let mut row = std::array::from_fn(|_| "-".to_owned());
            row[0] = format!("{name}: {reason}");
            row
        }
    }
}

/// CPU time of one signature in milliseconds. The compiler works all the time, so this is what it takes
/// on an idle machine, on one core.
fn each(pairs: &[Pair]) -> f64 {
    let all = pairs.iter().map(|[without, with]| with.cpu - without.cpu);
    median(all) * 1e3 / SIGNATURES as f64
}

fn ours() -> Side {
    let path = workspace().join("dashoptimize");
    Side {
        name: "dashoptimize",
        dependencies: format!("dashoptimize = {{ path = {path:?} }}\n"),
        lock: workspace().join("Cargo.lock"),
        uses: "use dashoptimize::signature;",
        attribute: "#[signature]",
        instructions_on_field: false,
    }
}

fn dspy_rs() -> Side {
    // The dependencies of the harness, so that what is built for it serves here too.
    let manifest = fs::read_to_string(sources().join("dspy-rs/Cargo.toml")).unwrap_or_default();
    let dependencies = manifest
        .split_once("[dependencies]\n")
        .map_or("", |parts| parts.1);
    Side {
        name: "dspy-rs",
        dependencies: dependencies.to_owned(),
        lock: sources().join("dspy-rs/Cargo.lock"),
        uses: "use dspy_rs::Signature;",
        attribute: "#[Signature]",
        instructions_on_field: true,
    }
}

fn measure(side: &Side) -> Result<Vec<Pair>, String> {
    let name = side.name;
    eprintln!("building the dependencies of the crate of {name} ...");
    let folder = target().join("compile").join(name);
    write(&folder, side).map_err(|error| format!("{}: {error}", folder.display()))?;
    let pairs = repeated(|| {
        let without = timed_build(side, &folder, 0)?;
        let with = timed_build(side, &folder, SIGNATURES)?;
        Ok([without, with])
    });
    pairs.into_iter().collect()
}

fn timed_build(side: &Side, folder: &Path, signatures: usize) -> Result<Build, String> {
    let source = source(side, signatures);
    fs::write(folder.join("src/lib.rs"), source).map_err(|error| error.to_string())?;
    let (begun, cpu_begun) = (Instant::now(), cpu_of_children());
    build(side, folder)?;
    Ok(Build {
        wall: begun.elapsed().as_secs_f64(),
        cpu: cpu_of_children() - cpu_begun,
    })
}

/// The package without its source. Its own code is not optimized, which is how one builds while one
/// writes; the dependencies are, so that the peer's need not be built a second time.
fn write(folder: &Path, side: &Side) -> std::io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    fs::copy(&side.lock, folder.join("Cargo.lock"))?;
    let manifest = format!(
        "[package]\nname = \"signatures\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n[profile.release.package.signatures]\nopt-level = 0\n\n\
         [dependencies]\n{}",
        side.dependencies
    );
    fs::write(folder.join("Cargo.toml"), manifest)
}

fn build(side: &Side, folder: &Path) -> Result<(), String> {
    let mut build = cargo();
    build
        .args(["build", "--release", "--manifest-path"])
        .arg(folder.join("Cargo.toml"));
    output_of(build.env("CARGO_TARGET_DIR", target().join(side.name))).map(drop)
}

fn source(side: &Side, signatures: usize) -> String {
    let (on_struct, on_field) = match side.instructions_on_field {
        true => ("", "    /// Answer the question from the context.\n"),
        false => ("/// Answer the question from the context.\n", ""),
    };
    let mut text = format!("#![allow(dead_code, unused_imports)]\n{}\n", side.uses);
    for index in 0..signatures {
        text += &format!(
            "\n{on_struct}{}\npub struct Qa{index} {{\n{on_field}    \
             #[input(desc = \"what is asked\")]\n    pub question: String,\n    \
             #[input(desc = \"what is known\")]\n    pub context: String,\n    \
             #[output(desc = \"a short answer\")]\n    pub answer: String,\n    \
             #[output(desc = \"how sure, from 0 to 1\")]\n    pub confidence: f64,\n}}\n",
            side.attribute
        );
    }
    text
}
