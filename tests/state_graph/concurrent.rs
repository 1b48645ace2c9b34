//! Nodes of one step run at the same time, and nothing is left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dashoptimize::call::Context;
use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, Gateway, LmError, LmErrorKind, Permit,
};
use dashoptimize::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Words {
    word: String,
    #[serde(default)]
    left: String,
    #[serde(default)]
    right: String,
    #[serde(default)]
    both: String,
}

/// A model that takes 10 ms, or 30 where `right` is wanted, on a clock that does not tick.
#[derive(Clone, Default)]
struct Slow {
    running: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    begun: Arc<AtomicUsize>,
    /// The output whose call fails.
    fails: Option<&'static str>,
    /// The output whose call never ends.
    hangs: Option<&'static str>,
}

/// Counts a call as running until it ends or is dropped.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ChatModel for Slow {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            self.begun.fetch_add(1, Ordering::SeqCst);
            let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(running, Ordering::SeqCst);
            let _running = Running(Arc::clone(&self.running));
            let opening = request.prefix.messages()[0].text();
            let outputs = opening.split("output fields").nth(1).unwrap_or_default();
            let output = ["left", "right", "both"];
            let output = output
                .into_iter()
                .find(|name| outputs.contains(&format!("`{name}`")));
            let output = output.expect("an output");
            if self.hangs == Some(output) {
                std::future::pending::<()>().await;
            }
            let time = if output == "right" { 30 } else { 10 };
            tokio::time::sleep(Duration::from_millis(time)).await;
            match self.fails == Some(output) {
                true => Err(LmError::new(LmErrorKind::InvalidRequest, "not today")),
                false => Ok(ChatReply::new(format!("[[ ## {output} ## ]]\n{output}"))),
            }
        })
    }
}

/// `left` and `right` at the same time, then `both`.
fn diamond(lm: &Slow) -> CompiledGraph<Words> {
    let lm = Lm::new(lm.clone());
    let node = |signature: &str| LLMNode::new(make_signature(signature, "").unwrap(), &lm, "node");
    let mut graph = StateGraph::<Words>::new("Diamond");
    graph
        .add_node("left", node("word -> left"))
        .add_node("right", node("word -> right"))
        .add_node("both", node("left, right -> both"))
        .set_entry_point("left")
        .set_entry_point("right")
        .add_edge(["left", "right"], "both")
        .add_edge("both", END);
    graph.compile().unwrap()
}

fn words() -> Words {
    Words {
        word: "word".to_owned(),
        ..Words::default()
    }
}

#[tokio::test(start_paused = true)]
async fn nodes_of_a_step_run_at_the_same_time() {
    let lm = Slow::default();
    let begun = Instant::now();
    let ended = diamond(&lm).call(words()).await.unwrap();
    assert_eq!(ended.both, "both");
    // The slower one of the two, then the last: 30 + 10, where one after the other they take 50.
    assert_eq!(begun.elapsed(), Duration::from_millis(40));
    assert_eq!(lm.most.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_ends_the_nodes_beside_it() {
    let lm = Slow {
        fails: Some("left"),
        ..Slow::default()
    };
    let begun = Instant::now();
    let error = diamond(&lm).call(words()).await.unwrap_err();
    assert_eq!(error.to_string(), "predictor `left`: not today");
    assert_eq!(
        begun.elapsed(),
        Duration::from_millis(10),
        "`right` is not waited for"
    );
    assert_eq!(lm.running.load(Ordering::SeqCst), 0);
    assert_eq!(lm.begun.load(Ordering::SeqCst), 2, "`both` is not begun");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_leaves_nothing_running() {
    let lm = Slow {
        hangs: Some("right"),
        ..Slow::default()
    };
    let program = diamond(&lm);
    let call = tokio::time::timeout(Duration::from_millis(20), program.call(words()));
    assert!(call.await.is_err());
    assert_eq!(lm.running.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn many_calls_of_one_program_do_not_disturb_each_other() {
    let lm = Slow::default();
    let program = diamond(&lm);
    let calls = (0..64).map(|n| {
        program.call(Words {
            word: n.to_string(),
            ..Words::default()
        })
    });
    let ended = futures_join(calls.collect()).await;
    for (n, ended) in ended.into_iter().enumerate() {
        assert_eq!(ended.unwrap().word, n.to_string());
    }
}

/// Polls all futures in this task.
async fn futures_join<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures
        .into_iter()
        .map(|future| (Box::pin(future), None))
        .collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut running {
            if output.is_none()
                && let std::task::Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        match running.iter().all(|(_, output)| output.is_some()) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    running
        .into_iter()
        .filter_map(|(_, output)| output)
        .collect()
}

/// The trace is in the order of steps and nodes, whichever call ends first.
#[tokio::test(start_paused = true)]
async fn i4_the_trace_of_a_graph_is_in_the_order_of_its_nodes() {
    let program = diamond(&Slow::default());
    let gateway = Gateway::direct();
    let context = Context::new(&gateway).with_trace();
    program.forward(&context, words()).await.unwrap();
    let trace = context.take_trace();
    let trace: Vec<_> = trace.iter().map(|step| step.predictor.as_str()).collect();
    // `left` ends before `right`, which was added after it.
    assert_eq!(trace, ["left", "right", "both"]);

    let program = mirrored(&Slow::default());
    let context = Context::new(&gateway).with_trace();
    program.forward(&context, words()).await.unwrap();
    let trace = context.take_trace();
    let trace: Vec<_> = trace.iter().map(|step| step.predictor.as_str()).collect();
    // `right` takes longer.
    assert_eq!(trace, ["right", "left"]);
}

/// `right` and `left`, in this order.
fn mirrored(lm: &Slow) -> CompiledGraph<Words> {
    let lm = Lm::new(lm.clone());
    let node = |signature: &str| LLMNode::new(make_signature(signature, "").unwrap(), &lm, "node");
    let mut graph = StateGraph::<Words>::new("Mirrored");
    graph
        .add_node("right", node("word -> right"))
        .add_node("left", node("word -> left"))
        .set_entry_point("left")
        .set_entry_point("right")
        .add_edge("left", END)
        .add_edge("right", END);
    graph.compile().unwrap()
}

#[tokio::test]
async fn a_panic_of_a_function_reaches_the_caller_alone() {
    let explode = |_: Words| -> Words { panic!("boom") };
    let mut graph = StateGraph::<Words>::new("Boom");
    graph
        .add_node("explode", NodeFn::writes(["left"], explode))
        .set_entry_point("explode")
        .add_edge("explode", END);
    let program = graph.compile().unwrap();
    let called = tokio::spawn({
        let program = program.clone();
        async move { program.call(words()).await }
    });
    assert!(called.await.unwrap_err().is_panic());

    // In an evaluation it is an outcome of its row.
    let rows = Dataset::from_vec_serde(vec![words()]).unwrap();
    let metric = |_: &Words, _: &Words| true;
    let run = Run::in_memory().max_errors(9);
    let (evaluation, _) = run.evaluate(&program, &rows, &metric).await.unwrap();
    assert_eq!(evaluation.measured.score(), Some(0.0));
    assert_eq!(evaluation.measured.failures().program, 1);
}
