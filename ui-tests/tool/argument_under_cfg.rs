use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
fn open(door: u8, #[cfg(unix)] key: u8) -> u8 {
    door + key
}

fn main() {
    let _ = (open, tools![open]);
}
