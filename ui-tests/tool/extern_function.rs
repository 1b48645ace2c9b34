use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
extern "C" fn open(door: u8) -> u8 {
    door
}

fn main() {
    let _ = (open, tools![open]);
}
