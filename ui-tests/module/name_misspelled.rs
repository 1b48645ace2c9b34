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

module!(
    /// Thinks, then picks.
    pub type Classify = ChainOfThougt<Triage>;
);

fn main() {
    let call = async |lm: Lm, message: String| {
        let reply = Classify::new(lm).call(TriageInput { message }).await;
        reply.map(|output| output.reasoning.len() + output.intent.len())
    };
    let _ = call;
}
