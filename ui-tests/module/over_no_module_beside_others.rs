use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;
use dashoptimize::{module, pipeline, signature};

#[signature]
struct Triage {
    #[input]
    message: String,
    #[output]
    intent: String,
}

struct Plain;

module!(
    #[with(reward = |_, _| 1.0, n = "three")]
    type Best = BestOfN<Plain>;

    #[with(concurency = 3)]
    type All = Parallel<Triage>;
);

pipeline!(
    fn Rag(message: String) -> String {
        let best = Best { message };
        let all = All { messages: vec![best.text] };
        all.len()
    }
);

fn main() {
    let call = async |lm: Lm, message: String| {
        let reply = Best::new(&lm).call(TriageInput { message }).await;
        reply.map(|output| output.intent.len())
    };
    let _ = call;
    let _ = async |lm: Lm| Rag::new(lm).call(RagInput { message: String::new() }).await;
}
