use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;
use dashoptimize::{FieldType, pipeline, signature};

#[signature]
struct Write {
    #[input]
    question: String,
    #[output]
    text: String,
    #[output]
    kind: Kind,
}

#[derive(Clone, Debug, FieldType)]
enum Kind {
    Simple,
    Hard,
}

fn search(query: String, top_k: usize) -> String {
    query.repeat(top_k)
}

pipeline!(
    fn Rag(question: String) -> String {
        let query = Predict::<Write> { question };
        let passages = search(query.kind, 3);
        passages
    }
);

fn main() {
    let question = String::new();
    let _ = async |lm: Lm| Rag::new(lm).call(RagInput { question }).await;
}
