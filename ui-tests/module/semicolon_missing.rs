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
    type Classify = Predict<Triage>
);

fn main() {
    let call = async |lm: Lm, message: String| {
        let reply = Classify::new(lm).call(TriageInput { message }).await;
        reply.map(|output| output.intent.len())
    };
    let _ = call;
}
