use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
fn open(door: &mut String) {
    door.push('!');
}

fn main() {
    let _ = (open, tools![open]);
}
