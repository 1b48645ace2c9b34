use dashoptimize::module;
use dashoptimize::module::{ModuleExt, RetrieveInput};

module!(
    #[with(k = 5)]
    type Library = Retrieve;
);

fn main() {
    let look_up = async |query: String| {
        let found = Library::new().call(RetrieveInput { query }).await;
        found.map(|passages| passages.len())
    };
    let _ = look_up;
}
