use dashoptimize::tool;

struct Door(bool);

impl Door {
    /// Opens the door.
    #[tool]
    fn open(&mut self, /** how far */ wide: bool) {
        self.0 = wide;
    }
}

fn main() {
    let mut door = Door(false);
    door.open(true);
    assert!(door.0);
}
