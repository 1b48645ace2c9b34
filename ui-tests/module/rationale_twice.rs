use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;
use dashoptimize::{module, signature};

#[signature]
struct Triage {
    #[input]
    message: String,
    #[output]
    rationale: String,
    #[output]
    intent: String,
}

module!(
    type Compare = MultiChainComparison<Triage>;
);

fn main() {
    let call = async |lm: Lm, message: String| {
        let reply = Compare::new(lm).call(TriageInput { message }).await;
        reply.map(|output| output.intent.len())
    };
    let _ = call;
}
