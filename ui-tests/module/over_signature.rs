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

fn grade(input: &TriageInput, output: &TriageOutput) -> f64 {
    (input.message.len() + output.intent.len()) as f64
}

module!(
    #[with(reward = grade)]
    type Best = BestOfN<Triage>;
);

fn main() {
    let call = async |lm: Lm, message: String| {
        let reply = Best::new(lm).call(TriageInput { message }).await;
        reply.map(|output| output.intent.len())
    };
    let _ = call;
}
