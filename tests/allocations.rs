//! What a program and a run allocate: a call at most 9 times at 0 demos, and not once more with any
//! number of demos; an evaluation no more memory per row than its score and an entry of the journal's
//! index. A binary of its own, because the counting allocator is the whole binary's.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use dashoptimize::adapter::{Adapter, ChatAdapter, JsonAdapter};
use dashoptimize::engine::Run;
use dashoptimize::lm::{ChatReply, ChatRequest, Scripted, Usage};
use dashoptimize::prelude::*;
use dashoptimize::state::{Demo, State};
use serde_json::json;

/// What a call takes; one more is a step backwards.
const MOST: u64 = 9;

/// Bytes of memory that one more row may take: 8 for its score and 33 for its place in the journal,
/// each in a table that is up to half empty and is copied when it grows.
const MOST_BYTES_PER_ROW: u64 = 128;

/// Bytes of each reply in an evaluation, far more than a row may take.
const REPLY: usize = 2_000;

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
    Demo::new(
        named([
            ("question", json!(format!("what is {number}?"))),
            ("context", json!("a book of numbers")),
        ]),
        named([("answer", json!("a number")), ("confidence", json!(0.5))]),
    )
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

/// The most bytes that live at once while this many rows are evaluated in a run folder.
fn peak_of_evaluation(rows: usize) -> u64 {
    let text = format!(
        "[[ ## answer ## ]]\n{}\n[[ ## confidence ## ]]\n0.9",
        "x".repeat(REPLY)
    );
    let program = Predict::<Qa>::new(Scripted::new(move |_: &ChatRequest| text.clone()));
    let row = |number| Qa {
        question: format!("what is {number}?"),
        context: String::new(),
        answer: "a number".to_owned(),
        confidence: 1.0,
    };
    let data: Vec<Qa> = (0..rows).map(row).collect();
    let metric = |_: &Qa, prediction: &QaOutput| prediction.answer.len() == REPLY;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let count = measure(|| {
        let run = Run::folder(folder.path());
        let evaluated = run.evaluate_each(&program, &data, &metric, |_| ());
        let evaluation = runtime.block_on(evaluated).expect("nothing fails");
        assert_eq!(evaluation.measured.mean_of_scored(), Some(1.0));
        assert_eq!(evaluation.measured.scored(), rows);
    });
    count.bytes_max
}

#[test]
fn i14_an_evaluation_keeps_a_number_and_a_place_per_row() {
    let (few, many) = (2_000, 20_000);
    let peaks = [few, many].map(peak_of_evaluation);
    let per_row = peaks[1].saturating_sub(peaks[0]) / (many - few) as u64;
    println!("peak of {few} and {many} rows: {peaks:?} bytes, {per_row} per row");
    assert!(
        per_row <= MOST_BYTES_PER_ROW,
        "{peaks:?}: {per_row} bytes per row"
    );
}

/// Reading four times the text allocates about four times the bytes. Unlike the reader's own count of its
/// work, this notices work that it does not count.
#[test]
fn i12_what_reading_allocates_grows_with_the_length_and_not_faster() {
    let specs = ["q -> answer", "q -> answer: list[list[dict[str, int]]]"];
    let parts = [
        "{",
        "[",
        "{\"a\":",
        "[1,",
        "{a:“",
        "\"a\" ",
        "\"a\" + ",
        "[1] ",
        "[[ ## answer ## ]]\n",
        "<think>",
        "</think>",
        "- a\n",
        "a: b\n",
        "1 ",
        "{\"answer\": [",
        "{\"answer\": 1} ",
        "é",
    ];
    for spec in specs {
        let spec = dashoptimize::signature::make_signature(spec, "").expect("well-formed");
        for part in parts {
            for head in ["", "{\"answer\": "] {
                let [short, long] = [15 << 10, 60 << 10].map(|length: usize| {
                    let reply = format!("{head}{}", part.repeat(length / part.len()));
                    let adapters = [&ChatAdapter as &dyn Adapter, &JsonAdapter];
                    let count = measure(|| {
                        for adapter in adapters {
                            let _ = adapter.parse(&spec, &reply);
                        }
                    });
                    (count.bytes_total, count.bytes_max)
                });
                // A `Vec` that doubles may have just done so.
                let linear = |short: u64, long: u64| long <= 6 * short + (64 << 10);
                let grows = linear(short.0, long.0) && linear(short.1, long.1);
                assert!(grows, "{head:?} {part:?}: {short:?}, {long:?}");
            }
        }
    }
}
