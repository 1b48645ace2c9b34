//! How often a call of a program allocates: at most 20 times at 0 demos, and not once more with any
//! number of demos. A binary of its own, because the counting allocator is the whole binary's.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use dashoptimize::lm::{ChatReply, ChatRequest, Scripted, Usage};
use dashoptimize::module::{Demo, State};
use dashoptimize::prelude::*;
use serde_json::json;

/// The bar of the architecture.
const MOST: u64 = 20;

/// Answer the question from the context.
#[signature]
struct Qa {
    /// what is asked
    #[input]
    question: String,
    /// where the answer is
    #[input]
    context: String,
    /// the answer in a few words
    #[output]
    answer: String,
    /// from 0 to 1
    #[output]
    confidence: f64,
}

fn program(demos: usize) -> Predict<Qa> {
    let text = "[[ ## answer ## ]]\nParis\n\n[[ ## confidence ## ]]\n0.9\n\n[[ ## completed ## ]]";
    let model =
        Scripted::new(move |_: &ChatRequest| ChatReply::new(text).with_usage(Usage::new(100, 10)));
    let program = Predict::<Qa>::new(model);
    let mut state: State = program.state();
    for predictor in state.predictors.values_mut() {
        predictor.demos = (0..demos).map(demo).collect();
    }
    program.with_state(&state).expect("the demos fit")
}

fn demo(number: usize) -> Demo {
    let named = |pairs: [(&str, serde_json::Value); 2]| {
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    };
    Demo {
        inputs: named([
            ("question", json!(format!("what is {number}?"))),
            ("context", json!("a book of numbers")),
        ]),
        outputs: named([("answer", json!("a number")), ("confidence", json!(0.5))]),
    }
}

/// Allocations of one call, the model's own two (its reply and its future) included.
fn allocations(program: &Predict<Qa>) -> u64 {
    let input = || QaInput {
        question: "What is the capital of France?".to_owned(),
        context: "Paris is the capital of France.".to_owned(),
    };
    let mut counts = Vec::with_capacity(5);
    for _ in 0..5 {
        let input = input();
        let count = measure(|| {
            let mut call = pin!(program.call(input));
            let answer = match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(answer) => answer.expect("the reply is good"),
                Poll::Pending => panic!("the scripted model does not wait"),
            };
            assert_eq!(answer.confidence, 0.9);
        });
        counts.push(count.count_total);
    }
    counts.sort_unstable();
    counts[counts.len() / 2]
}

#[test]
fn a_call_allocates_little_and_demos_cost_nothing() {
    let counts = [0, 2, 16, 64].map(|demos| allocations(&program(demos)));
    println!("allocations per call at 0, 2, 16, 64 demos: {counts:?}");
    assert!(counts[0] <= MOST, "{counts:?} at 0, 2, 16, 64 demos");
    assert_eq!(counts, [counts[0]; 4], "not flat in the number of demos");
}
