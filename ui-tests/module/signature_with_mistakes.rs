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
struct Rate {
    #[input]
    text: String,
    score: f64,
}

module!(
    type Classify = ChainOfThought<Rate>;
);

fn main() {
    let call = async |lm: Lm, text: String| {
        let reply = Classify::new(lm).call(RateInput { text }).await;
        reply.map(|output| output.score + 1.0)
    };
    let _ = call;
}
