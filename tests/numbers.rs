//! Settings that mean nothing are refused when a module is made.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dashoptimize::lm::{Lm, Scripted};
use dashoptimize::prelude::*;
use dashoptimize::retrieve::Index;

/// Answer.
#[signature]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn refusal<T>(make: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(make)) else {
        return "made".to_owned();
    };
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default()
}

#[test]
fn zero_attempts_steps_and_items_are_refused() {
    let lm = Lm::new(Scripted::replies(["x"]));
    let ask = || Predict::<Qa>::new(&lm);
    let none = std::hint::black_box(0_u8);
    let (few, size) = (u32::from(none), usize::from(none));
    let reward = |_: &QaInput, _: &QaOutput| true;
    let answer = |output: &QaOutput| output.answer.clone();
    let index = || Index::bm25(["ant"]).unwrap();
    for (setting, refused) in [
        ("n", refusal(|| BestOfN::new(ask(), reward).n(few))),
        ("n", refusal(|| Refine::new(ask(), reward, 1.0).n(few))),
        ("n", refusal(|| Majority::new(ask(), answer).n(few))),
        (
            "size",
            refusal(|| Ensemble::of(ask(), size, majority_vote())),
        ),
        (
            "size",
            refusal(|| Ensemble::new(Vec::<Predict<Qa>>::new(), majority_vote())),
        ),
        ("m", refusal(|| MultiChainComparison::<Qa>::new(&lm).m(few))),
        ("k", refusal(|| KNN::<Qa>::new(&lm).k(size))),
        ("k", refusal(|| Retrieve::new(index()).k(size))),
        (
            "max_iters",
            refusal(|| ReAct::<Qa>::new(&lm).max_iters(few)),
        ),
        (
            "concurrency",
            refusal(|| Parallel::new(ask()).concurrency(size)),
        ),
        ("max_tokens", refusal(|| ask().max_tokens(few))),
    ] {
        assert_eq!(refused, format!("`{setting}` is 1 or more"));
    }
}

#[test]
fn a_temperature_is_a_finite_number_that_is_not_negative() {
    let lm = Lm::new(Scripted::replies(["x"]));
    let ask = || Predict::<Qa>::new(&lm);
    let reward = |_: &QaInput, _: &QaOutput| true;
    for wrong in [-7.0, f64::NAN, f64::INFINITY] {
        for refused in [
            refusal(|| ask().temperature(wrong)),
            refusal(|| BestOfN::new(ask(), reward).attempt_temperature(wrong)),
            refusal(|| MultiChainComparison::<Qa>::new(&lm).attempt_temperature(wrong)),
        ] {
            let expected = format!("a temperature is a finite number, 0 or more, not {wrong}");
            assert_eq!(refused, expected);
        }
    }
    assert_eq!(refusal(|| ask().temperature(0.0)), "made");
}
