//! Beside a method there can be no type, so that its `#[tool]` is only found from one above the `impl`.

use dashoptimize::tool;

struct Desk;

impl Desk {
    /// Opens the door.
    #[tool]
    fn open(door: String) -> String {
        door
    }
}

fn main() {
    let _ = Desk::open(String::new());
}
