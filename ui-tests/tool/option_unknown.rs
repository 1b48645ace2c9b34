use dashoptimize::{tool, tools};

/// Opens the door.
#[tool(nmae = "open_door")]
fn open(door: u8) -> u8 {
    door
}

fn main() {
    let _ = (open, tools![open]);
}
