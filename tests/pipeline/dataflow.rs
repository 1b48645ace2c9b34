//! When steps run, and what is left when one fails.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dashoptimize::call::Context;
use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, Gateway, LmError, LmErrorKind, Permit,
};
use dashoptimize::prelude::*;
use tokio::time::Instant;

/// Say something.
#[signature]
pub(crate) struct Say {
    #[input]
    pub(crate) word: String,
    #[output]
    pub(crate) said: String,
}

// `left` leads to `after_left`; `right` takes long; `both` needs all.
pipeline!(
    fn Diamond(word: String) -> String {
        let left = Predict::<Say> {
            word: format!("left {word}"),
        };
        let right = Predict::<Say> {
            word: format!("right {word}"),
        };
        let after_left = Predict::<Say> { word: left.said };
        let both = Predict::<Say> {
            word: format!("{} {}", right.said, after_left.said),
        };
        both.said
    }
);

pipeline!(
    fn Many(words: Vec<String>) -> Vec<String> {
        #[with(concurrency = 3)]
        let said = for word in words {
            Predict::<Say> { word }.said
        };
        said
    }
);

// `slow` takes long; only one branch of the `if` reads it.
pipeline!(
    fn Ways(word: String, waits: bool) -> String {
        let slow = Predict::<Say> {
            word: format!("right {word}"),
        };
        let answer = if waits {
            Predict::<Say> { word: slow.said }
        } else {
            Predict::<Say> { word }
        };
        answer.said
    }
);

// A block in which only `second` reads the slow step outside of it.
pipeline!(
    fn Inner(word: String) -> String {
        let slow = Predict::<Say> {
            word: format!("right {word}"),
        };
        let inner = {
            let first = Predict::<Say> {
                word: format!("first {word}"),
            };
            let second = Predict::<Say> { word: slow.said };
            let third = Predict::<Say> {
                word: format!("third {}", first.said),
            };
            format!("{} {}", second.said, third.said)
        };
        inner
    }
);

/// A model that takes its time, by the first word of the query, on a clock that does not tick.
#[derive(Clone, Default)]
struct Slow {
    begun: Arc<Mutex<Vec<(String, u128)>>>,
    running: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    epoch: Option<Instant>,
    /// The query that fails.
    fails: Option<&'static str>,
}

/// Counts a call as running until it ends or is dropped.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Slow {
    fn new() -> Self {
        Self {
            epoch: Some(Instant::now()),
            ..Self::default()
        }
    }

    fn begun(&self) -> Vec<(String, u128)> {
        self.begun.lock().expect("nobody panicked").clone()
    }
}

impl ChatModel for Slow {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let query = request.turns[0]
                .text()
                .lines()
                .nth(1)
                .unwrap_or_default()
                .to_owned();
            let now = self.epoch.expect("made by `new`").elapsed().as_millis();
            self.begun
                .lock()
                .expect("nobody panicked")
                .push((query.clone(), now));
            let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(running, Ordering::SeqCst);
            let _running = Running(Arc::clone(&self.running));
            let wait = match query.split(' ').next() {
                Some("right") => 100,
                Some("w0") => 50,
                _ => 10,
            };
            tokio::time::sleep(Duration::from_millis(wait)).await;
            if self.fails == Some(query.as_str()) {
                return Err(LmError::new(LmErrorKind::InvalidRequest, "no"));
            }
            let said = query.split(' ').next().unwrap_or_default();
            Ok(ChatReply::new(format!("[[ ## said ## ]]\n{said}")))
        })
    }
}

/// When each query was to start, in milliseconds.
fn at(expected: &[(&str, u128)]) -> Vec<(String, u128)> {
    let owned = expected
        .iter()
        .map(|(query, at)| ((*query).to_owned(), *at));
    owned.collect()
}

fn word() -> DiamondInput {
    DiamondInput {
        word: "x".to_owned(),
    }
}

/// Level by level, `after_left` would wait for `right` and start at 100.
#[tokio::test(start_paused = true)]
async fn a_node_starts_when_its_own_inputs_are_there() {
    let lm = Slow::new();
    let answer = Diamond::new(lm.clone()).call(word()).await;
    assert_eq!(answer.expect("all say something"), "right");
    let expected = [
        ("left x", 0),
        ("right x", 0),
        ("left", 10),
        ("right left", 100),
    ];
    assert_eq!(lm.begun(), at(&expected));
}

/// Of the branches of a step, the one that is taken waits for what it reads itself, and for nothing that
/// another one reads.
#[tokio::test(start_paused = true)]
async fn a_branch_waits_for_what_it_reads() {
    for (waits, expected) in [
        (false, [("right x", 0), ("x", 0)]),
        (true, [("right x", 0), ("right", 100)]),
    ] {
        let lm = Slow::new();
        let word = "x".to_owned();
        let answer = Ways::new(lm.clone()).call(WaysInput { word, waits }).await;
        answer.expect("all say something");
        assert_eq!(lm.begun(), at(&expected));
    }
}

/// The block starts immediately, and with it the steps inside that need nothing from outside.
#[tokio::test(start_paused = true)]
async fn steps_of_an_inner_block_wait_each_for_its_own() {
    let lm = Slow::new();
    let word = "x".to_owned();
    let answer = Inner::new(lm.clone()).call(InnerInput { word }).await;
    assert_eq!(answer.expect("all say something"), "right third");
    let expected = [
        ("right x", 0),
        ("first x", 0),
        ("third first", 10),
        ("right", 100),
    ];
    assert_eq!(lm.begun(), at(&expected));
}

#[tokio::test(start_paused = true)]
async fn a_failed_branch_stops_the_others_and_leaves_nothing_behind() {
    let lm = Slow {
        fails: Some("left x"),
        ..Slow::new()
    };
    let error = Diamond::new(lm.clone()).call(word()).await;
    assert!(error.is_err());
    // `right` takes 100 ms, and `left` failed after 10.
    assert_eq!(lm.epoch.expect("made by `new`").elapsed().as_millis(), 10);
    assert_eq!(
        lm.running.load(Ordering::SeqCst),
        0,
        "no call is left running"
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(lm.begun().len(), 2, "and none begins later");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_leaves_nothing_behind() {
    let lm = Slow::new();
    let diamond = Diamond::new(lm.clone());
    let call = diamond.call(word());
    let in_time = tokio::time::timeout(Duration::from_millis(5), call).await;
    assert!(in_time.is_err(), "it takes longer");
    assert_eq!(
        lm.running.load(Ordering::SeqCst),
        0,
        "no call is left running"
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(lm.begun().len(), 2, "and none begins later");
}

#[tokio::test(start_paused = true)]
async fn a_map_keeps_the_order_and_its_bound() {
    let lm = Slow::new();
    let words: Vec<String> = (0..8).map(|n| format!("w{n}")).collect();
    let said = Many::new(lm.clone())
        .call(ManyInput {
            words: words.clone(),
        })
        .await;
    assert_eq!(said.expect("all say something"), words);
    assert_eq!(
        lm.most.load(Ordering::SeqCst),
        3,
        "as many at once as the option says"
    );
    // The slow first one holds one of three places: 7 others by two, 10 ms each.
    assert_eq!(lm.epoch.expect("made by `new`").elapsed().as_millis(), 50);
}

#[tokio::test(start_paused = true)]
async fn a_map_over_nothing_is_nothing() {
    let lm = Slow::new();
    let said = Many::new(lm.clone())
        .call(ManyInput { words: Vec::new() })
        .await;
    assert_eq!(said.expect("nothing fails"), [""; 0]);
    assert_eq!(lm.begun().len(), 0);
}

/// Whichever branch ends first, the trace is in the order of the source.
#[tokio::test(start_paused = true)]
async fn i4_a_trace_does_not_depend_on_which_call_ends_first() {
    let gateway = Gateway::direct();
    let context = Context::new(&gateway).with_trace();
    let diamond = Diamond::new(Slow::new());
    diamond
        .forward(&context, word())
        .await
        .expect("all say something");
    let paths: Vec<String> = context
        .take_trace()
        .into_iter()
        .map(|step| step.predictor)
        .collect();
    assert_eq!(paths, ["left", "right", "after_left", "both"]);
}
