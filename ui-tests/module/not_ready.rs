//! A module that needs options cannot be within another without them.

include!("../fixtures/triage.rs");

module!(
    #[with(reward = |_, _| true)]
    type Best = BestOfN<Retrieve>;

    type Many = Parallel<dashoptimize::module::Retrieve>;
);

fn main() {
    let _ = async |lm: Lm, query: String| {
        let found = Best::new(lm).call(RetrieveInput { query }).await;
        found.map(|passages| passages.len())
    };
    call!();
}
