//! Files of an earlier attempt at a run, which may not be there.

use std::fs;
use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::folder_error::FolderError;

/// The text of a file; `None` if there is no such file.
pub(super) fn text_if_any(file: &Path) -> Result<Option<String>, FolderError> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FolderError::io("read", file)(error)),
    }
}

/// The JSON of a file; `None` if there is no such file.
pub(super) fn json_if_any<T: DeserializeOwned>(file: &Path) -> Result<Option<T>, FolderError> {
    let Some(text) = text_if_any(file)? else {
        return Ok(None);
    };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| FolderError::io("read", file)(error.into()))
}
