use dashoptimize::{tool, tools};

/// Opens the door.
#[tool(name = "open_door", name = "door")]
fn open(door: u8) -> u8 {
    door
}

fn main() {
    let _ = (open, tools![open]);
}
