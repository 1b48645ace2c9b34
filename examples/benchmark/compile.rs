//! Compile time of a signature and of a pipeline: a crate of many of them, one of half as many, and one
//! without, with all dependencies built beforehand.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::Options;
use crate::measure::{cpu_of_children, median, repeated};
use crate::peers::{DSPY_RS, cargo, output_of, sources, target, workspace};
use crate::report::{Report, short};

/// What a crate is made of.
struct Subject {
    /// Whose it is.
    name: &'static str,
    item: &'static str,
    dependencies: String,
    /// The lock file that names the versions of the dependencies.
    lock: PathBuf,
    /// What stands before the items.
    head: String,
    source: fn(usize) -> String,
    /// In the largest crate.
    items: usize,
}

/// What a build took, in seconds.
#[derive(Clone, Copy)]
struct Build {
    wall: f64,
    /// Of all processes of the build.
    cpu: f64,
}

/// Builds without items, with half of them and with all.
type Builds = [Build; 3];

struct Measured {
    builds: Vec<Builds>,
    /// Lines of LLVM's language for one item, before LLVM does anything with them.
    llvm_lines: f64,
}

pub(crate) fn run(options: &Options, report: &mut Report) {
    let (signature, pipeline, peer) = (signatures(), pipelines(), signatures_of_dspy_rs());
    let signatures = measure(&signature);
    let theirs = options.peer(&DSPY_RS).and_then(|_| measure(&peer));
    let pipelines = measure(&pipeline);
    let varied = varied_pipelines();
    let varied_pipelines = measure(&varied);
    let all = [
        (&signature, &signatures),
        (&peer, &theirs),
        (&pipeline, &pipelines),
        (&varied, &varied_pipelines),
    ];
    print(&all);

    let ratio = |ours: &Result<Measured, String>, of: fn(&Subject, &Measured) -> f64, it| {
        let (ours, theirs) = (ours.as_ref(), theirs.as_ref());
        let ours = of(it, ours.map_err(Clone::clone)?);
        Ok(ours / of(&peer, theirs.map_err(Clone::clone)?))
    };
    let per_signature = "÷ dspy-rs per signature";
    for (subject, measured) in [(&signature, &signatures), (&pipeline, &pipelines)] {
        let what = format!("compile time (CPU) per {} {per_signature}", subject.item);
        report.at_most(&what, 1.0, ratio(measured, cpu_ms, subject));
    }
    for (subject, measured) in [(&signature, &signatures), (&pipeline, &pipelines)] {
        let what = format!("the second half of {}s ÷ the first", subject.item);
        let growth = measured.as_ref().map(growth).map_err(Clone::clone);
        report.at_most(&what, 1.25, growth);
    }
}

fn print(all: &[(&Subject, &Result<Measured, String>)]) {
    let head = [
        "",
        "items",
        "without: wall s",
        "CPU s",
        "with: wall s",
        "CPU s",
        "CPU ms per item",
        "2nd ÷ 1st half",
        "LLVM lines per item",
    ];
    let rows: Vec<_> = all.iter().map(|(it, measured)| row(it, measured)).collect();
    let title = "`cargo build`, not optimized, dependencies built (medians)";
    Report::table(title, head, &rows);
}

fn row(subject: &Subject, measured: &Result<Measured, String>) -> [String; 9] {
    let mut row = std::array::from_fn(|_| "-".to_owned());
    row[0] = format!("{}: {}", subject.name, subject.item);
    row[1] = subject.items.to_string();
    match measured {
        Ok(measured) => {
            let of = |build: usize, of: fn(&Build) -> f64| {
                short(median(
                    measured.builds.iter().map(|builds| of(&builds[build])),
                ))
            };
            row[2] = of(0, |build| build.wall);
            row[3] = of(0, |build| build.cpu);
            row[4] = of(2, |build| build.wall);
            row[5] = of(2, |build| build.cpu);
            row[6] = short(cpu_ms(subject, measured));
            row[7] = short(growth(measured));
            row[8] = format!("{:.0}", measured.llvm_lines);
        }
        Err(reason) => row[0] += &format!(": {reason}"),
    }
    row
}

/// CPU time of one item in milliseconds. The compiler works all the time, so this is what it takes on
/// an idle machine, on one core.
fn cpu_ms(subject: &Subject, measured: &Measured) -> f64 {
    let builds = measured.builds.iter();
    let all = builds.map(|[without, _, with]| with.cpu - without.cpu);
    median(all) * 1e3 / subject.items as f64
}

/// What the second half of the items takes, as a multiple of the first.
fn growth(measured: &Measured) -> f64 {
    let of = |half: usize| {
        let builds = measured.builds.iter();
        median(builds.map(|builds| builds[half + 1].cpu - builds[half].cpu))
    };
    of(1) / of(0)
}

fn ours(item: &'static str, items: usize, head: &str, source: fn(usize) -> String) -> Subject {
    let path = workspace().join("dashoptimize");
    Subject {
        name: "dashoptimize",
        item,
        dependencies: format!("dashoptimize = {{ path = {path:?} }}\n"),
        lock: workspace().join("Cargo.lock"),
        head: head.to_owned(),
        source,
        items,
    }
}

fn signatures() -> Subject {
    ours("signature", 100, "use dashoptimize::signature;\n", |n| {
        let docs = "/// Answer the question from the context.\n#[signature]";
        format!("{docs}\n{}", signature(n, ""))
    })
}

/// Pipelines of ten nodes over one signature. Each is called, or its steps would not be compiled.
fn pipelines() -> Subject {
    let head = format!("{CALLS}#[signature]\n{}", signature(0, ""));
    ours("10-node pipeline", 20, &head, |n| pipeline(n, |_| 0))
}

/// The same, each node over a signature of its own, as in a real program. The signatures are there in the
/// crate without items, too.
fn varied_pipelines() -> Subject {
    let signatures = (0..VARIED * 10).map(|n| format!("#[signature]\n{}", signature(n, "")));
    let head = format!("{CALLS}{}", signatures.collect::<String>());
    ours("10-node pipeline over 10 signatures", VARIED, &head, |n| {
        pipeline(n, |step| n * 10 + step)
    })
}

/// Pipelines over signatures of their own.
const VARIED: usize = 4;

/// What stands before pipelines and their signatures.
const CALLS: &str = "use std::pin::Pin;\n\nuse dashoptimize::call::CallError;\nuse dashoptimize::prelude::*;\n\n\
     type Answer<'a> = Pin<Box<dyn Future<Output = Result<String, CallError>> + Send + 'a>>;\n\n";

fn signatures_of_dspy_rs() -> Subject {
    // The dependencies of the harness, so that what is built for it serves here too.
    let manifest = fs::read_to_string(sources().join("dspy-rs/Cargo.toml")).unwrap_or_default();
    let parts = manifest.split_once("[dependencies]\n");
    Subject {
        name: "dspy-rs",
        item: "signature",
        dependencies: parts.map_or("", |parts| parts.1).to_owned(),
        lock: sources().join("dspy-rs/Cargo.lock"),
        head: "use dspy_rs::Signature;\n".to_owned(),
        // The instructions of the peer stand on the first input.
        source: |n| {
            let docs = "    /// Answer the question from the context.\n";
            format!("#[Signature]\n{}", signature(n, docs))
        },
        items: 100,
    }
}

fn signature(n: usize, docs: &str) -> String {
    format!(
        "pub struct Qa{n} {{\n{docs}    \
         #[input(desc = \"what is asked\")]\n    pub question: String,\n    \
         #[input(desc = \"what is known\")]\n    pub context: String,\n    \
         #[output(desc = \"a short answer\")]\n    pub answer: String,\n    \
         #[output(desc = \"how sure, from 0 to 1\")]\n    pub confidence: f64,\n}}\n"
    )
}

/// Pipeline number `n`, whose steps are over these signatures.
fn pipeline(n: usize, of: impl Fn(usize) -> usize) -> String {
    let first = format!(
        "        let step_0 = Predict::<Qa{}> {{ question, context }};\n",
        of(0)
    );
    let next = (1..10).map(|step| {
        let (before, of) = (step - 1, of(step));
        format!(
            "        let step_{step} = Predict::<Qa{of}> {{ question, context: step_{before}.answer }};\n"
        )
    });
    let steps: String = [first].into_iter().chain(next).collect();
    format!(
        "pipeline!(\n    pub fn P{n}(question: String, context: String) -> String {{\n{steps}        \
         step_9.answer\n    }}\n);\n\n\
         pub fn call_{n}(program: &P{n}, input: P{n}Input) -> Answer<'_> {{\n    \
         Box::pin(program.call(input))\n}}\n"
    )
}

fn measure(subject: &Subject) -> Result<Measured, String> {
    let (name, item) = (subject.name, subject.item);
    eprintln!("building the dependencies of the crate of a {item} of {name} ...");
    let folder = target().join("compile").join(name).join(item);
    write(&folder, subject).map_err(|error| format!("{}: {error}", folder.display()))?;
    let builds = repeated(|| {
        let counts = [0, subject.items / 2, subject.items];
        let [without, half, all] = counts.map(|items| timed_build(subject, &folder, items));
        Ok([without?, half?, all?])
    });
    let builds = builds.into_iter().collect::<Result<_, String>>()?;
    let lines = |items| llvm_lines(subject, &folder, items);
    let llvm_lines = (lines(subject.items)? - lines(0)?) / subject.items as f64;
    Ok(Measured { builds, llvm_lines })
}

fn timed_build(subject: &Subject, folder: &Path, items: usize) -> Result<Build, String> {
    write_source(subject, folder, items)?;
    let (start, cpu_start) = (Instant::now(), cpu_of_children());
    build(subject, folder, "build", &[])?;
    Ok(Build {
        wall: start.elapsed().as_secs_f64(),
        cpu: cpu_of_children() - cpu_start,
    })
}

/// The lines of all functions that rustc hands to LLVM.
fn llvm_lines(subject: &Subject, folder: &Path, items: usize) -> Result<f64, String> {
    write_source(subject, folder, items)?;
    let file = folder.join("items.ll");
    let emit = format!("--emit=llvm-ir={}", file.display());
    let to_rustc = [
        "--lib",
        "--",
        &emit,
        "-Ccodegen-units=1",
        "-Cno-prepopulate-passes",
    ];
    build(subject, folder, "rustc", &to_rustc)?;
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut is_inside = false;
    let mut lines = 0;
    for line in text.lines() {
        is_inside |= line.starts_with("define ");
        lines += usize::from(is_inside);
        is_inside &= line != "}";
    }
    Ok(lines as f64)
}

/// The package without its source. Its own code is not optimized, which is how one builds while one
/// writes; the dependencies are, so that the peer's need not be built a second time.
fn write(folder: &Path, subject: &Subject) -> std::io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    fs::copy(&subject.lock, folder.join("Cargo.lock"))?;
    let manifest = format!(
        "[package]\nname = \"items\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n[profile.release.package.items]\nopt-level = 0\n\n\
         [dependencies]\n{}",
        subject.dependencies
    );
    fs::write(folder.join("Cargo.toml"), manifest)
}

fn write_source(subject: &Subject, folder: &Path, items: usize) -> Result<(), String> {
    let mut text = format!("#![allow(dead_code, unused_imports)]\n{}", subject.head);
    for index in 0..items {
        text += &format!("\n{}", (subject.source)(index));
    }
    fs::write(folder.join("src/lib.rs"), text).map_err(|error| error.to_string())
}

fn build(subject: &Subject, folder: &Path, verb: &str, more: &[&str]) -> Result<(), String> {
    let mut build = cargo();
    build
        .args([verb, "--release", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .args(more);
    output_of(build.env("CARGO_TARGET_DIR", target().join(subject.name))).map(drop)
}
