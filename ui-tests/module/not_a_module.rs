//! A module over another module is given something else; mistakes beside it are still reported.

include!("../fixtures/triage.rs");

struct Plain;

fn grade(input: &TriageInput, output: &TriageOutput) -> f64 {
    (input.message.len() + output.intent.len()) as f64
}

module!(
    #[with(reward = grade)]
    type Best = BestOfN<Plain>;

    #[with(by = |output| output.intent.clone())]
    type Most = Majority<Plain>;
);

module!(
    #[with(reward = grade)]
    type OfSignature = BestOfN<Triage>;
);

module!(
    #[with(reward = |_, _| 1.0, n = "three")]
    type OtherType = BestOfN<Plain>;

    #[with(concurency = 3)]
    type All = Parallel<Triage>;
);

pipeline!(
    fn Rag(message: String) -> String {
        let best = OtherType { message };
        let all = All { messages: vec![best.text] };
        all.len()
    }
);

fn main() {
    let _ = |lm: &Lm| Best::new(lm).predictors().len() + Most::new(lm).predictors().len();
    call!(OfSignature, OtherType);
    let _ = async |lm: Lm| Rag::new(lm).call(RagInput { message: String::new() }).await;
}
