use dashoptimize::{tool, tools};

struct Door;

/// Opens the door.
#[tool]
fn open(number: u8) -> Result<Door, String> {
    Err(number.to_string())
}

fn main() {
    let _ = (open, tools![open]);
}
