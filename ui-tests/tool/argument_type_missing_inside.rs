use dashoptimize::{tool, tools};

struct Secret;

/// Opens the doors.
#[tool]
fn open(keys: &[Secret], spare: Option<Secret>) -> bool {
    keys.is_empty() && spare.is_none()
}

fn main() {
    let _ = (open, tools![open]);
}
