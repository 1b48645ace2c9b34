//! `#[tool]` belongs on a plain function: one that a model can call by name, with values that it writes.

use dashoptimize::{tool, tools};

/// A door.
#[tool]
struct Door {
    is_open: bool,
}

impl Door {
    /// Opens the door.
    #[tool]
    fn method(&mut self, /** how far */ wide: bool) {
        self.is_open = wide;
    }
}

/// Opens the door.
#[tool]
extern "C" fn of_c(door: u8) -> u8 {
    door
}

/// Opens the door.
#[tool]
fn generic<T>(door: T) {
    let _ = door;
}

/// Opens the door.
#[tool]
unsafe fn not_safe(door: String) -> String {
    door
}

fn main() {
    Door { is_open: false }.method(true);
    let _ = (of_c, generic::<u8>, not_safe);
    let _ = tools![of_c, generic, not_safe];
}
