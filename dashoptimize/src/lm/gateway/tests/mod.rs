//! The gateway of a run, which cannot be made through the public API.

mod accounts;
mod budget;
mod costs;
mod journal;
mod log;
mod restarts;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    Budget, ChatError, Gateway, Journal, Ledger, Purpose, Refusal, Spend, Tag, UsageExcess,
};
use crate::lm::{ChatReply, ChatRequest, Lm, Message, Prefix, Retry, Scripted, Usage};

/// A request that no other number makes.
fn request(number: usize) -> ChatRequest {
    let prefix = Prefix::new(vec![Message::system("Be brief.")]);
    let mut request = ChatRequest::new(prefix, vec![Message::user(format!("number {number}"))]);
    Arc::make_mut(&mut request.params).max_tokens = Some(10);
    request
}

/// Every call uses 20 tokens of prompt and 5 of reply, after a few turns of the scheduler.
fn model() -> Scripted {
    Scripted::new(|_: &ChatRequest| "yes")
        .with_usage(Usage::new(20, 5))
        .with_delay(std::time::Duration::from_millis(1))
}

fn gateway(budget: Budget, concurrency: usize) -> Gateway {
    with_journal(budget, concurrency, Journal::in_memory())
}

fn with_journal(budget: Budget, concurrency: usize, journal: Journal) -> Gateway {
    Gateway::of_run(budget, concurrency, Retry::DEFAULT, journal, None)
}

async fn ask(gateway: &Gateway, lm: &Lm, number: usize) -> Result<ChatReply, ChatError> {
    ask_as(gateway, lm, number, Purpose::Task).await
}

async fn ask_as(
    gateway: &Gateway,
    lm: &Lm,
    number: usize,
    purpose: Purpose,
) -> Result<ChatReply, ChatError> {
    let predictor: Arc<str> = "qa".into();
    let tag = Tag::new(purpose, &predictor);
    gateway.chat(lm, &request(number), tag).await
}

/// Makes all of these calls concurrently and returns how many were answered. All others must be refused
/// because a limit is reached.
async fn answered(gateway: &Arc<Gateway>, lm: &Lm, numbers: std::ops::Range<usize>) -> usize {
    let tasks: Vec<_> = numbers
        .map(|number| {
            let (gateway, lm) = (Arc::clone(gateway), lm.clone());
            tokio::spawn(async move { ask(&gateway, &lm, number).await })
        })
        .collect();
    let mut answered = 0;
    for task in tasks {
        match task.await.expect("no call panics") {
            Ok(_) => answered += 1,
            Err(ChatError::Refused(Refusal::UsedUp { .. } | Refusal::OutOfTime { .. })) => {}
            Err(error) => panic!("{error}"),
        }
    }
    answered
}

/// The ledger's parts must sum to its total, whatever happened.
fn sum(ledger: &Ledger) -> Spend {
    let mut sum = Spend::default();
    for (_, _, _, spend) in ledger.parts() {
        sum += spend;
    }
    sum
}

/// A counter for replies that depend on how often they were asked for.
#[derive(Clone, Default)]
struct Count(Arc<AtomicU64>);

impl Count {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}
