use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
fn open(door: &'static str) -> String {
    door.to_owned()
}

fn main() {
    let _ = (open, tools![open]);
}
