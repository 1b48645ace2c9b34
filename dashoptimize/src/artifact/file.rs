//! Reading and writing files whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ArtifactError;

pub(super) fn read(path: &Path) -> Result<String, ArtifactError> {
    fs::read_to_string(path).map_err(|source| ArtifactError::io("read", path, source))
}

/// Writes to a file beside the target and renames it, so that nobody ever sees half a file.
pub(super) fn write(path: &Path, text: &str) -> Result<(), ArtifactError> {
    let written = folder_of(path).and_then(|folder| {
        fs::create_dir_all(folder)?;
        let (file, beside) = create_beside(path)?;
        fill(file, text)
            .and_then(|()| fs::rename(&beside, path))
            .inspect_err(|_| {
                // The first error is the one to tell.
                let _ = fs::remove_file(&beside);
            })
    });
    written.map_err(|source| ArtifactError::io("write", path, source))
}

fn fill(mut file: File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    // On disk before the rename, or a crash could leave an empty file under the name.
    file.sync_all()
}

fn folder_of(path: &Path) -> io::Result<&Path> {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Ok(Path::new(".")),
        Some(folder) => Ok(folder),
        None => Err(io::ErrorKind::InvalidFilename.into()),
    }
}

/// A new file beside the target, under a name that nobody else has.
fn create_beside(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut number = std::process::id();
    loop {
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{number}.tmp"));
        let beside = path.with_file_name(beside);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
        {
            Ok(file) => return Ok((file, beside)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                number = number.wrapping_add(1);
            }
            Err(error) => return Err(error),
        }
    }
}
