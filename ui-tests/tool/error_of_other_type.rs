use dashoptimize::{tool, tools};

struct Locked;

/// Opens the door.
#[tool]
fn open(number: u8) -> Result<String, Locked> {
    let _ = number;
    Err(Locked)
}

fn main() {
    let _ = (open, tools![open]);
}
