//! A field that a module adds is already in the signature.

use dashoptimize::prelude::*;

#[signature]
struct Explained {
    #[input]
    message: String,
    #[output]
    reasoning: String,
}

#[signature]
struct Justified {
    #[input]
    message: String,
    #[output]
    rationale: String,
}

#[signature]
struct Walk {
    #[input]
    trajectory: String,
    #[output]
    length: f64,
}

module!(
    type Reasoning = ChainOfThought<Explained>;

    type Rationale = MultiChainComparison<Justified>;

    type Trajectory = ReAct<Walk>;
);

fn main() {
    let _ = async |lm: Lm, message: String| {
        let reply = Reasoning::new(lm).call(ExplainedInput { message }).await;
        reply.map(|output| output.reasoning.len())
    };
    let _ = async |lm: Lm, message: String| {
        let reply = Rationale::new(lm).call(JustifiedInput { message }).await;
        reply.map(|output| output.rationale.len())
    };
    let _ = async |lm: Lm, trajectory: String| {
        let reply = Trajectory::new(lm).call(WalkInput { trajectory }).await;
        reply.map(|output| output.length > 0.0)
    };
}
