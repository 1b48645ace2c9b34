use dashoptimize::{tool, tools};

struct Door;

/// Opens the door.
#[tool]
fn open(number: u8) -> Door {
    let _ = number;
    Door
}

fn main() {
    let _ = (open, tools![open]);
}
