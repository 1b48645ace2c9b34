//! Numbers that mean nothing.

include!("../fixtures/triage.rs");

#[tool]
fn act(text: String) -> String {
    text
}

module!(
    #[with(temperature = -7.0, max_tokens = 0)]
    type Cold = Predict<Triage>;

    #[with(reward = |_, _| true, n = 0)]
    type Best = BestOfN<Predict<Triage>>;

    #[with(size = 0, reduce = |mut all: Vec<TriageOutput>| all.remove(0))]
    type Committee = Ensemble<Predict<Triage>>;

    #[with(by = |output| output.intent.clone(), n = 0, attempt_temperature = -0.5)]
    type Most = Majority<Predict<Triage>>;

    #[with(m = 0)]
    type Comparison = MultiChainComparison<Triage>;

    #[with(k = 0)]
    type Nearest = KNN<Triage>;

    #[with(tools = [act], max_iters = 0)]
    type Agent = ReAct<Triage>;

    #[with(concurrency = 0)]
    type Many = Parallel<Predict<Triage>>;
);

fn main() {
    call!(Cold, Best, Committee, Most, Comparison, Nearest, Agent);
    let _ = async |lm: Lm, inputs: Vec<TriageInput>| Many::new(lm).call(inputs.into()).await;
}
