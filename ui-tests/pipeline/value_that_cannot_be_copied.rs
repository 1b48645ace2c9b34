use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;
use dashoptimize::{pipeline, signature};

#[signature]
struct Write {
    #[input]
    question: String,
    #[output]
    text: String,
}

struct Ticket;

fn ticket() -> Ticket {
    Ticket
}

fn redeem(_: Ticket) -> String {
    String::new()
}

pipeline!(
    fn Rag(question: String) -> String {
        let only = ticket();
        let query = Predict::<Write> { question };
        let word = redeem(only);
        format!("{} {word}", query.text)
    }
);

fn main() {
    let question = String::new();
    let _ = async |lm: Lm| Rag::new(lm).call(RagInput { question }).await;
}
