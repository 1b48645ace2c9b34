//! Reading and writing whole files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::ArtifactError;

/// More links than that are a circle.
const MOST_LINKS: usize = 40;

pub(super) fn read(path: &Path) -> Result<String, ArtifactError> {
    fs::read_to_string(path).map_err(|source| ArtifactError::io("read", path, source))
}

pub(super) fn write(path: &Path, text: &str) -> Result<(), ArtifactError> {
    replace(path, text).map_err(|source| ArtifactError::io("write", path, source))
}

/// Writes to a file next to the target and renames it, so that no one ever sees half a file. Missing
/// folders are made. A file that is replaced keeps its permissions, and a link stays a link: the file that
/// it leads to is replaced.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = &target_of(path)?;
    fs::create_dir_all(folder_of(path)?)?;
    let (file, temporary) = create_temporary(path)?;
    keep_permissions(&file, path)
        .and_then(|()| fill(file, text))
        .and_then(|()| fs::rename(&temporary, path))
        .inspect_err(|_| {
            // The first error is the one to report.
            let _ = fs::remove_file(&temporary);
        })
}

/// The file that a path leads to, whether it exists or not.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&target) {
            // A relative link starts from the folder of the link.
            Ok(link) => target = target.with_file_name("").join(link),
            // It does not exist, or it is not a link.
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("too many symbolic links lead to it"))
}

fn keep_permissions(file: &File, path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(before) => file.set_permissions(before.permissions()),
        Err(_) => Ok(()),
    }
}

fn fill(mut file: File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    // The content must be on disk before the rename, or a crash could leave an empty file.
    file.sync_all()
}

fn folder_of(path: &Path) -> io::Result<&Path> {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Ok(Path::new(".")),
        Some(folder) => Ok(folder),
        None => Err(io::ErrorKind::InvalidFilename.into()),
    }
}

/// A new file next to the target, under a name that is not in use.
fn create_temporary(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut number = std::process::id();
    loop {
        let mut temporary = std::ffi::OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{number}.tmp"));
        let temporary = path.with_file_name(temporary);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
        {
            Ok(file) => return Ok((file, temporary)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                number = number.wrapping_add(1);
            }
            Err(error) => return Err(error),
        }
    }
}
