//! Each argument has a name and a named type, and so does the result.

use std::path::Path;

use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
fn under_cfg(door: u8, #[cfg(unix)] key: u8) -> u8 {
    door + key
}

/// Opens the door.
#[tool]
fn of_some_type(door: impl Into<String>) -> String {
    door.into()
}

/// Opens the door.
#[tool]
fn gives_some_type(door: String) -> impl ToString {
    door
}

/// Opens the door.
#[tool]
fn with_lifetime(door: &'static str) -> String {
    door.to_owned()
}

/// Opens the door.
#[tool]
fn mutable(door: &mut String) {
    door.push('!');
}

/// Opens the door.
#[tool]
fn without_name(_: u8) {}

/// Opens the door.
#[tool]
fn pattern((floor, number): (u8, u8)) -> u8 {
    floor + number
}

/// Opens the file.
#[tool]
fn path(file: &Path) -> bool {
    file.is_file()
}

fn main() {
    let _ = (under_cfg, of_some_type("a"), gives_some_type, with_lifetime);
    let _ = (mutable, without_name, pattern, path);
    let _ = tools![under_cfg, of_some_type, gives_some_type, with_lifetime];
    let _ = tools![mutable, without_name, pattern, path];
}
