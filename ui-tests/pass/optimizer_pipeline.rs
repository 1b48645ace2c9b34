//! Chains of optimizers in all their forms: in a function, with paths, generics, flags and commas, from a
//! `macro_rules!`, as a value that is passed on.

use dashoptimize::optimizer::{NoMetric, Search};
use dashoptimize::prelude::*;

/// Find out what the customer wants.
#[signature]
struct Triage {
    #[input]
    message: String,
    #[output]
    intent: String,
}

module!(
    type Classify = Predict<Triage>;
);

fn is_right(gold: &Triage, found: &TriageOutput) -> bool {
    gold.intent == found.intent
}

mod own {
    use dashoptimize::engine::{Candidate, Stop, Study};
    use dashoptimize::optimizer::{NoMetric, Search};
    use dashoptimize::prelude::*;

    /// An optimizer that is generic itself.
    pub struct Repeat<X = NoMetric, const TIMES: usize = 1>(X, bool);

    impl<X, const TIMES: usize> Repeat<X, TIMES> {
        pub fn quietly(mut self) -> Self {
            self.1 = true;
            self
        }

        pub fn r#type(self, _: std::collections::BTreeMap<u8, Vec<u8>>) -> Self {
            self
        }
    }

    impl<const TIMES: usize> Stage for Repeat<NoMetric, TIMES> {
        type Own = Self;

        fn stage() -> Self {
            Self(NoMetric, false)
        }
    }

    impl<M: Module, E: Example<M::Input>, X: Send + Sync, const TIMES: usize> Search<M, E>
        for Repeat<X, TIMES>
    {
        fn name(&self) -> &'static str {
            "Repeat"
        }

        fn settings(&self) -> serde_json::Value {
            serde_json::json!({ "times": TIMES, "quietly": self.1 })
        }

        async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
            Ok(study.base().clone())
        }
    }
}

macro_rules! few {
    ($First:ident, $demos:expr) => {
        pipeline!(
            $First { max_demos: $demos }
                >> RandomSearch {
                    seeds: 0..$demos as i64
                }
        )
    };
}

fn stages() -> impl Search<Classify, Triage> {
    pipeline!(
        dashoptimize::optimizer::LabeledFewShot {
            max_demos: if true { 2 } else { 3 },
        } >> own::Repeat::<NoMetric, 3> {
            quietly,
            r#type: Vec::<(u8, Vec<u8>)>::new().into_iter().collect()
        } >> own::Repeat {}
            >> RandomSearch
            >> KNNFewShot { k: 3 }
    )
}

fn main() {
    let settings = stages().settings();
    let names: Vec<&str> = settings["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| stage["optimizer"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "LabeledFewShot",
            "Repeat",
            "Repeat",
            "RandomSearch",
            "KNNFewShot"
        ]
    );
    assert_eq!(settings["stages"][1]["settings"]["times"], 3);
    assert_eq!(settings["stages"][1]["settings"]["quietly"], true);
    assert_eq!(settings["stages"][2]["settings"]["times"], 1);
    assert_eq!(settings["stages"][4]["settings"]["k"], 3);

    let tune = few!(LabeledFewShot, 2);
    let optimize = async |program: Classify, data: Splits<Triage>, run: Run| {
        let tune = tune.metric(is_right);
        tune.optimize(&program, &data, &run)
            .await
            .map(|tuned| tuned.installed)
    };
    let _ = optimize;
    let nested = BetterTogether::stage()
        .then(stages())
        .then(few!(LabeledFewShot, 3));
    let settings = Search::<Classify, Triage>::settings(&nested);
    assert_eq!(
        settings["stages"][1]["settings"]["stages"][0]["settings"]["max_demos"],
        3
    );
}
