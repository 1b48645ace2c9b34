use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
fn öffne(door: u8) -> u8 {
    door
}

/// Closes the door.
#[tool(name = "close the door")]
fn close(door: u8) -> u8 {
    door
}

fn main() {
    let _ = (öffne, close, tools![öffne, close]);
}
