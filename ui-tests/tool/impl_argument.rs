use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
fn open(door: impl Into<String>) -> String {
    door.into()
}

fn main() {
    let _ = (open("a"), tools![open]);
}
