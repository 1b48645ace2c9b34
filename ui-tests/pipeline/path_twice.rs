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
        let query = Predict::<Write> { question };
        let answer = match query.kind {
            Kind::Simple => query.text,
            Kind::Hard => Predict::<Write> { question }.text,
        };
        let answer_hard = Predict::<Write> { question: answer };
        answer_hard.text
    }
);

fn main() {
    let question = String::new();
    let _ = async |lm: Lm| Rag::new(lm).call(RagInput { question }).await;
}
