use dashoptimize::{tool, tools};

/// Opens the door.
#[tool]
fn open<T>(door: T) {
    let _ = door;
}

fn main() {
    let _ = (open::<u8>, tools![open]);
}
