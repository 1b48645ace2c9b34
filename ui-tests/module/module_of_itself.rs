use dashoptimize::lm::Lm;
use dashoptimize::module::Module;
use dashoptimize::module;

module!(
    type All = Parallel<All>;
);

fn main() {
    let _ = |lm: Lm| All::new(lm).predictors().len();
}
