use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;
use dashoptimize::{module, signature};

#[signature]
struct Walk {
    #[input]
    trajectory: String,
    #[output]
    length: f64,
}

module!(
    type Agent = ReAct<Walk>;
);

fn main() {
    let call = async |lm: Lm, trajectory: String| {
        let reply = Agent::new(lm).call(WalkInput { trajectory }).await;
        reply.map(|output| output.length > 0.0)
    };
    let _ = call;
}
