use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
unsafe fn open(door: String) -> String {
    door
}

fn main() {
    let _ = (open, tools![open]);
}
