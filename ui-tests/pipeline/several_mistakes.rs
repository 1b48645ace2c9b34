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
        let first = Predict::<Write> { question: qestion };
        let second = Predict::<Write> { question: question.len() };
        let third = Predct::<Write> { question };
        let second = Predict::<Write> { question };
        #[with(at_most = 3)]
        while second.text.is_empty() {
            third = question;
        }
        second.text
    }
);

fn main() {
    let question = String::new();
    let _ = async |lm: Lm| Rag::new(lm).call(RagInput { question }).await;
}
