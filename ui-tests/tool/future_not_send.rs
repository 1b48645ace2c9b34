use dashoptimize::{tool, tools};

use std::rc::Rc;

async fn wait() {}

/// Opens the door.
#[tool]
async fn open(door: u8) -> u8 {
    let shared = Rc::new(door);
    wait().await;
    *shared
}

fn main() {
    let _ = (open, tools![open]);
}
