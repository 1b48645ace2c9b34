use dashoptimize::{tool, tools};

const WORDS: u8 = 4;

#[tool(description = WORDS)]
fn open(door: u8) -> u8 {
    door
}

fn main() {
    let _ = (open, tools![open]);
}
