use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
fn open(door: String) -> impl ToString {
    door
}

fn main() {
    let _ = (open, tools![open]);
}
