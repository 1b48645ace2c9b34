use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;
use dashoptimize::{FieldType, module, pipeline, signature};

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

module!(
    type Writer = ChainOfThought<Write>;
);

pipeline!(
    fn Rag(question: String) -> String {
        let query = Predict::<Writer> { question };
        query.text
    }
);

fn main() {
    let question = String::new();
    let _ = async |lm: Lm| Rag::new(lm).call(RagInput { question }).await;
}
