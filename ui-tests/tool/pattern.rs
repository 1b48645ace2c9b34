use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
fn open((floor, number): (u8, u8)) -> u8 {
    floor + number
}

fn main() {
    let _ = (open, tools![open]);
}
