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

pipeline!(
    fn Rag(question: String) -> String {
        #[with(max_tokens = "many")]
        let query = Predict::<Write> { question };
        query.text
    }
);

fn main() {
    let question = String::new();
    let _ = async |lm: Lm| Rag::new(lm).call(RagInput { question }).await;
}
