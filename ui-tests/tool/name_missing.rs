use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
fn open(_: u8) {}

fn main() {
    let _ = (open, tools![open]);
}
