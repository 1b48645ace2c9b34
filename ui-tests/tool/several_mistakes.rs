//! One build reports all of them.

use dashoptimize::{tool, tools};

/// Opens the door.
#[tool(nmae = "open_door")]
fn open((floor, number): (u8, u8), door: &mut String) -> u8 {
    door.push('!');
    floor + number
}

/// This one is correct.
#[tool]
fn close(door: u8) -> u8 {
    door
}

fn main() {
    let _ = (open, close, tools![open, close]);
}
