//! One build reports all of them.

include!("../fixtures/write.rs");

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
    call!(Rag(RagInput));
}
