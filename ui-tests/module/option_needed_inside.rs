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
    type All = Parallel<Refine<Predict<Triage>>>;
);

fn main() {
    let call = async |lm: Lm, message: String| {
        let replies = All::new(lm).call(vec![TriageInput { message }]).await?;
        replies[0].clone().map(|output| output.intent.len())
    };
    let _ = call;
}
