use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;
use dashoptimize::{module, signature};

#[signature]
struct Triage {
    #[input]
    message: String,
    #[output]
    intent: String,
}

#[signature]
struct Explained {
    #[input]
    message: String,
    #[output]
    reasoning: String,
    #[output]
    intent: String,
}

module!(
    type Classify = ChainOfThought<Explained>;
);

fn main() {
    let call = async |lm: Lm, message: String| {
        let reply = Classify::new(lm).call(ExplainedInput { message }).await;
        reply.map(|output| output.intent.len())
    };
    let _ = call;
}
