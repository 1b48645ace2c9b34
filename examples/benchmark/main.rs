//! Measures this framework beside its peers, in one run on one machine. See the README beside this
//! file for what each figure includes.

mod compile;
mod engine;
mod framework;
mod graphs;
mod http;
mod local;
mod measure;
mod peers;
mod pipelines;
mod procfs;
mod program;
mod reader;
mod report;
mod server;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use tokio::runtime::{Builder, Runtime};

use peers::Peer;
use report::Report;

/// Measures this framework beside its peers.
#[derive(Parser)]
struct Options {
    /// Measure these parts only.
    #[arg(long, value_delimiter = ',', default_values_t = Part::ALL)]
    only: Vec<Part>,
    /// Leave the peers out: nothing is built or fetched.
    #[arg(long)]
    no_peers: bool,
    /// Threads of the local model and of llama.cpp. Both lose more than they gain by threads that
    /// have to share a processor: on a busy machine, give 1.
    #[arg(long, default_value_t = all_threads())]
    threads: NonZeroUsize,
    /// What a process that this program starts is to do.
    #[arg(long, hide = true)]
    child: Option<Child>,
    /// The folder that such a process may use.
    #[arg(long, hide = true, default_value = ".")]
    folder: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Time and allocations of one call in process.
    Framework,
    /// The reader alone, on clean replies.
    Reader,
    /// Whole programs: a chain, and layers.
    Pipelines,
    /// A chain of nodes of a `StateGraph`, beside one of a `pipeline!`.
    Graphs,
    /// Calls per second to a server.
    Http,
    /// Evaluation: scheduling, journal, memory; start and dependencies.
    Engine,
    /// The embedded model beside llama.cpp.
    Local,
    /// Compile time of a signature.
    Compile,
}

#[derive(Clone, Copy, ValueEnum)]
enum Child {
    /// Evaluates 100,000 rows and tells the memory that it took.
    Memory,
    /// Makes a program and ends.
    Start,
}

fn main() {
    let options = Options::parse();
    match options.child {
        Some(Child::Memory) => engine::memory_child(&options.folder),
        Some(Child::Start) => engine::start_child(),
        None => measure_all(&options),
    }
}

fn measure_all(options: &Options) {
    println!("{}", peers::machine());
    let mut report = Report::default();
    for part in &options.only {
        match part {
            Part::Framework => framework::run(options, &mut report),
            Part::Reader => reader::run(options, &mut report),
            Part::Pipelines => pipelines::run(options, &mut report),
            Part::Graphs => graphs::run(&mut report),
            Part::Http => http::run(options, &mut report),
            Part::Engine => engine::run(options, &mut report),
            Part::Local => local::run(options, &mut report),
            Part::Compile => compile::run(options, &mut report),
        }
    }
    report.finish();
    println!("load at the end: {}", peers::load());
}

impl Options {
    /// The peer, unless it is left out.
    fn peer<'a>(&self, peer: &'a Peer) -> Result<&'a Peer, String> {
        match self.no_peers {
            true => Err("left out".to_owned()),
            false => Ok(peer),
        }
    }
}

impl Part {
    const ALL: [Self; 8] = [
        Self::Framework,
        Self::Reader,
        Self::Pipelines,
        Self::Graphs,
        Self::Http,
        Self::Engine,
        Self::Local,
        Self::Compile,
    ];
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

fn all_threads() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// A runtime on this thread alone, so that what is counted on this thread is all there is.
fn single_threaded() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts")
}
