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

struct Plain;

struct Other;

pipeline!(
    fn Rag(question: String) -> String {
        let query = Predict::<Plain> { question };
        let thought = ChainOfThought::<Other> { question };
        let best = Predict::<Write> { question: query.text, reasons: thought.reasoning };
        best.text
    }
);

fn main() {
    let question = String::new();
    let _ = async |lm: Lm| Rag::new(lm).call(RagInput { question }).await;
}
