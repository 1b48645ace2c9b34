use std::path::Path;

use dashoptimize::{tool, tools};

/// Opens the file.
#[tool]
fn open(file: &Path) -> bool {
    file.is_file()
}

fn main() {
    let _ = (open, tools![open]);
}
