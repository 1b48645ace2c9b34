use dashoptimize::module::{ModuleExt, RetrieveInput};
use dashoptimize::retrieve::Index;
use dashoptimize::{module, signature};

#[signature]
struct Triage {
    #[input]
    message: String,
    #[output]
    intent: String,
}

fn library() -> Index {
    Index::bm25(["a text"]).unwrap()
}

module!(
    #[with(index = library())]
    type Library = Retrieve<Triage>;
);

fn main() {
    let look_up = async |query: String| {
        let found = Library::new().call(RetrieveInput { query }).await;
        found.map(|passages| passages.len())
    };
    let _ = look_up;
}
