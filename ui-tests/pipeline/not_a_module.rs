//! A step calls a type that is not a module.

include!("../fixtures/write.rs");

struct Plain {
    question: String,
}

pipeline!(
    fn Rag(question: String) -> String {
        let query = Plain { question };
        query.text
    }
);

fn main() {
    call!(Rag(RagInput));
}
