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

module!(
    #[with(max_iters = 6)]
    type Agent = React<Ask>;
);

fn main() {
    let call = async |lm: Lm, question: String| {
        let reply = Agent::new(lm).call(AskInput { question }).await;
        reply.map(|output| output.answer.len())
    };
    let _ = call;
}
