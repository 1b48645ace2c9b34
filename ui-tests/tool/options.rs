//! Options of `#[tool]`, and names that a provider would refuse.

use dashoptimize::{tool, tools};

/// Opens the door.
#[tool(nmae = "open_door")]
fn unknown(door: u8) -> u8 {
    door
}

/// Opens the door.
#[tool(name = "open_door", name = "door")]
fn twice(door: u8) -> u8 {
    door
}

/// Opens the door.
#[tool(name = 4)]
fn not_a_text(door: u8) -> u8 {
    door
}

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
    let _ = (unknown, twice, not_a_text, öffne, close);
    let _ = tools![unknown, twice, not_a_text, öffne, close];
}
