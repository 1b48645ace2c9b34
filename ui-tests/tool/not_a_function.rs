use dashoptimize::tool;

/// A door.
#[tool]
struct Door {
    number: u8,
}

fn main() {
    assert_eq!(Door { number: 4 }.number, 4);
}
