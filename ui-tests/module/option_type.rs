//! The compiler looks options up on the module, and checks the types of their values where they stand.

include!("../fixtures/triage.rs");

module!(
    #[with(temperture = 0.0)]
    type Unknown = Predict<Triage>;
);

module!(
    #[with(max_tokens = "200")]
    type OtherType = Predict<Triage>;
);

module!(
    #[with(tools = [String::from("search")], max_iters = "6")]
    type OtherTools = ReAct<Triage>;
);

fn search(query: String) -> String {
    query
}

module!(
    #[with(tools = [search])]
    type PlainFunction = ReAct<Triage>;
);

/// Searches.
#[tool]
fn look_up(query: String) -> String {
    query
}

module!(
    #[with(tools = [look_up])]
    type WithoutTools = Predict<Triage>;
);

fn main() {
    call!(Unknown, OtherType, OtherTools, PlainFunction, WithoutTools);
}
