use dashoptimize::{tool, tools};

struct Secret;

/// Opens the door.
#[tool]
fn open(key: Secret, door: String) -> String {
    let Secret = key;
    door
}

fn main() {
    let _ = (open, tools![open]);
}
