//! Modules over modules: over a named one, over one written in place, over each other; options in any
//! order and of any form.

#![deny(warnings)]

use dashoptimize::evaluate::Score;
use dashoptimize::lm::Lm;
use dashoptimize::module::{FromLm, ModuleExt, Reasoned, majority_vote_by};
use dashoptimize::{module, signature};

#[signature]
pub struct Triage {
    #[input]
    pub message: String,
    #[output]
    pub intent: String,
}

fn short(input: &TriageInput, output: &Reasoned<TriageOutput>) -> f64 {
    input.message.len() as f64 / output.intent.len() as f64
}

fn brief(_: &TriageInput, output: &TriageOutput) -> (bool, String) {
    (output.intent.len() < 9, "say it in one word".to_owned())
}

module!(
    pub type Classify = ChainOfThought<Triage>;

    /// The shortest answer.
    #[with(n = 5, threshold = 0.9)]
    #[with(reward = short)]
    pub type Best = BestOfN<Classify>;

    #[with(reward = |_, output| Score::new(output.intent.len() as f64), fail_count = 1)]
    type BestGuess = BestOfN<Predict<Triage>>;

    #[with(threshold = 1.0, reward = brief, criterion = "one word", attempt_temperature = None)]
    type Refined = Refine<Predict<Triage>>;

    #[with(by = |output| output.intent.clone(), normalize = false)]
    type Most = Majority<Best>;

    #[with(size = 3, reduce = majority_vote_by(|output: &TriageOutput| output.intent.clone()))]
    type Committee = Ensemble<Refined>;

    #[with(size = 2, reduce = |mut outputs: Vec<Reasoned<TriageOutput>>| outputs.remove(0))]
    type First = Ensemble<MultiLevel>;

    #[with(by = |output| output.intent.clone())]
    type MultiLevel = Majority<dashoptimize::module::ChainOfThought<Triage>>;

    #[with(concurrency = 4, max_tokens = 20)]
    type All = Parallel<Committee>;

    type Lists = Parallel<Parallel<Predict<Triage>>>;

    #[cfg(any())]
    type Never = Parallel<NoSuchType>;

    /// Deprecated: the compiler warns where it is used, and not here.
    #[deprecated]
    pub type Old = Parallel<Classify>;

    #[with(m = 4, attempt_temperature = 0.9)]
    type Compare = MultiChainComparison<Triage>;

    #[with(by = |output| output.rationale.len() as u64)]
    type Longest = Majority<Compare>;
);

macro_rules! best_of {
    ($name:ident = $module:ty, $reward:expr) => {
        module!(
            #[with(reward = $reward)]
            type $name = BestOfN<$module>;
        );
    };
}

best_of!(Handed = Compare, |_, _| true);

fn node<M: FromLm>(lm: &Lm) -> usize {
    M::from_lm(lm.clone()).predictors().len()
}

async fn ask(lm: &Lm, message: &str) -> Option<String> {
    let input = || TriageInput { message: message.to_owned() };

    module!(
        #[with(by = |output| output.intent.clone())]
        type Inside = Majority<Classify>;
    );

    let one = Best::new(lm).call(input()).await.ok()?.output.intent;
    let two = BestGuess::new(lm).temperature(0.5).call(input()).await.ok()?.intent;
    let three = Most::new(lm).call(input()).await.ok()?.reasoning;
    let all = All::new(lm).call(vec![input()].into()).await.ok()?;
    let four = all.into_iter().next()?.ok()?.intent;
    let five = Inside::new(lm).call(input()).await.ok()?.intent.clone();
    let six = Longest::new(lm).call(input()).await.ok()?;
    let seven = Lists::new(lm).call(vec![vec![input()].into()].into()).await.ok()?;
    let eight = First::new(lm).call(input()).await.ok()?.output.intent;
    let seven = seven.into_iter().flatten().flatten().next()?.ok()?.intent;
    Some([one, two, three, four, five, six.rationale.clone(), seven, eight].concat())
}

#[expect(deprecated)]
fn old(lm: &Lm) -> Old {
    Old::new(lm)
}

fn main() {
    let _ = (ask, old);
    let nodes = |lm: &Lm| node::<Best>(lm) + node::<Handed>(lm) + node::<All>(lm);
    let _ = nodes;
    let row = |row: &Triage| (row.message.len(), row.intent.len());
    let _ = row;
}
