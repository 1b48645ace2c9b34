use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;
use dashoptimize::{module, signature};

#[signature]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn search(query: String) -> String {
    query
}

module!(
    #[with(tools = [search])]
    type Agent = ReAct<Ask>;
);

fn main() {
    let call = async |lm: Lm, question: String| {
        let reply = Agent::new(lm).call(AskInput { question }).await;
        reply.map(|output| output.answer.len())
    };
    let _ = call;
}
