//! Where the file is: relative to the user's `Cargo.toml`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::nearest::nearest;

/// The absolute path of a file that is given relative to the folder of `Cargo.toml`.
pub(super) fn of(path: &str) -> Result<String, String> {
    if path.is_empty() {
        return Err("write the path of the file, such as \"prompts/rag.json\"".to_owned());
    }
    let Some(folder) = std::env::var_os("CARGO_MANIFEST_DIR") else {
        return Err(
            "the path starts at the folder of `Cargo.toml`, and cargo did not say where that is; \
             build with cargo"
                .to_owned(),
        );
    };
    let place = PathBuf::from(folder).join(path);
    let place = place.into_os_string().into_string();
    place.map_err(|_| {
        "the path of this crate's folder is not valid UTF-8; move the crate".to_owned()
    })
}

/// The text of the file.
pub(super) fn text(place: &str, path: &str) -> Result<String, String> {
    let bytes = std::fs::read(place).map_err(|error| match error.kind() {
        ErrorKind::NotFound => not_found(Path::new(place), path),
        _ => format!("cannot read `{path}`: {error}"),
    })?;
    String::from_utf8(bytes).map_err(|_| format!("`{path}` is not a text in UTF-8; save it again"))
}

fn not_found(place: &Path, path: &str) -> String {
    let start = "the path starts at the folder of `Cargo.toml`";
    match neighbour(place) {
        Some(name) => {
            let near = Path::new(path).with_file_name(name);
            format!(
                "there is no file `{path}`; did you mean `{}`? {start}",
                near.display()
            )
        }
        None => {
            format!("there is no file `{path}`; save it with `program.save(\"{path}\")`; {start}")
        }
    }
}

/// A file in the same folder with a similar name.
fn neighbour(place: &Path) -> Option<String> {
    let name = place.file_name()?.to_str()?;
    let mut names: Vec<String> = std::fs::read_dir(place.parent()?)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    // Folders are listed in no particular order.
    names.sort();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    nearest(name, &names).map(str::to_owned)
}
