//! All of them are programs like any other: optimized at any concurrency, resumed, saved, loaded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashoptimize::artifact::Persist;
use dashoptimize::call::CallError;
use dashoptimize::evaluate::{Dataset, Example, Splits};
use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, Lm, LmError, ModelInfo, Permit, Price, Usage,
};
use dashoptimize::module::{Compared, FromLm, ParallelInput, majority_vote_by};
use dashoptimize::optimizer::{BootstrapFewShot, Optimized};
use dashoptimize::prelude::module;
use serde_json::{Map, Value};

use super::*;
use crate::support::journal::answers;

fn ends_in_number(input: &QaInput, output: &QaOutput) -> f64 {
    let same = input.question.split(' ').next_back() == output.answer.split(' ').next_back();
    f64::from(u8::from(same))
}

fn answer(output: &QaOutput) -> String {
    output.answer.clone()
}

module!(
    type Guess = Predict<Qa>;

    #[with(n = 2, reward = ends_in_number)]
    type Best = BestOfN<Guess>;

    #[with(n = 2, reward = ends_in_number, threshold = 1.0)]
    type Refined = Refine<Guess>;

    #[with(n = 3, by = answer)]
    type Most = Majority<Guess>;

    #[with(size = 3, reduce = majority_vote_by(answer))]
    type Committee = Ensemble<Guess>;

    type All = Parallel<Guess>;

    #[with(m = 2)]
    type Comparison = MultiChainComparison<Qa>;
);

/// A model that knows a fifth of the answers, and two fifths once it is shown a demo or given a hint;
/// which ones depends on question and sample. Its replies come back in another order than they were asked for.
#[derive(Clone, Default)]
struct Learner {
    calls: Arc<AtomicU64>,
    /// From this call on no reply comes any more.
    dies_at: Option<u64>,
}

impl ChatModel for Learner {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let call = self.calls.fetch_add(1, Ordering::SeqCst);
            if self.dies_at.is_some_and(|last| call >= last) {
                std::future::pending::<()>().await;
            }
            for _ in 0..call % 7 {
                tokio::task::yield_now().await;
            }
            let text = said(request);
            let usage = Usage::new(request.bytes() as u64 / 4, text.len() as u64);
            Ok(ChatReply::new(text).with_usage(usage))
        })
    }

    fn info(&self) -> ModelInfo {
        ModelInfo::new("learner").with_price(Price::per_1m(1.0, 2.0))
    }
}

fn said(request: &ChatRequest) -> String {
    let query = request.turns[0].text();
    let number: String = query
        .split("\nquestion ")
        .nth(1)
        .unwrap_or_default()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let number: u64 = number.parse().unwrap_or_default();
    let shown = u64::from(request.prefix.messages().len() > 1);
    let hinted = u64::from(query.contains("[[ ## hint ## ]]"));
    let knows = (2 * number + u64::from(request.sample)) % 5 <= shown + hinted;
    let answer = match knows {
        true => format!("answer {number}"),
        false => format!("no idea {}", request.sample),
    };
    let values = [
        ("discussion", "It did not know."),
        ("advice", r#"{"attempt": "think"}"#),
        ("reasoning", "because"),
        ("rationale", "compared"),
        ("answer", &*answer),
    ];
    crate::support::pipelines::form(request, &values)
}

fn rows(range: std::ops::Range<usize>) -> Dataset<Qa> {
    Dataset::from_vec(range.map(row).collect())
}

/// A row of a program on many questions.
#[derive(Clone, serde::Serialize)]
struct Questions(Vec<(String, String)>);

impl Example<ParallelInput<QaInput>> for Questions {
    fn input(&self) -> ParallelInput<QaInput> {
        self.0.iter().map(|(question, _)| input(question)).collect()
    }

    fn fields(&self) -> Map<String, Value> {
        Map::new()
    }
}

fn lists(range: std::ops::Range<usize>) -> Dataset<Questions> {
    let pair = |number| {
        let Qa { question, answer } = row(number);
        (question, answer)
    };
    let rows = range.map(|number| Questions(vec![pair(number), pair(number + 100)]));
    Dataset::from_vec_serde(rows.collect()).expect("the rows are JSON")
}

async fn tuned<M, E>(
    program: M,
    data: Splits<E>,
    metric: impl Fn(&E, &M::Output) -> bool + Send + Sync,
    run: &Run,
) -> Optimized<M>
where
    M: Module,
    E: Example<M::Input>,
{
    BootstrapFewShot::new(metric)
        .max_bootstrapped_demos(2)
        .max_labeled_demos(3)
        .max_rounds(2)
        .max_iterations(1)
        .optimize(&program, &data, run)
        .await
        .expect("the run ends")
}

/// Whatever holds of a program of this type when it is optimized; gives the tuned paths with the
/// numbers of their demos.
async fn holds<M, E>(
    make: impl Fn(Lm) -> M,
    data: fn() -> Splits<E>,
    metric: impl Fn(&E, &M::Output) -> bool + Copy + Send + Sync,
) -> Vec<(String, usize)>
where
    M: Module,
    E: Example<M::Input>,
{
    let folder = tempfile::tempdir().unwrap();
    let lm = Learner::default();
    let whole = folder.path().join("whole");
    let run = Run::folder(&whole).concurrency(16);
    let result = tuned(make(Lm::new(lm.clone())), data(), metric, &run).await;
    assert!(result.final_score() > result.initial_score(), "demos help");
    let text = result.artifact.to_text();
    let all = lm.calls.load(Ordering::SeqCst);
    assert_eq!(
        result.report.ledger.total().calls,
        all,
        "i2: every call is in the ledger"
    );

    let one = Run::in_memory().concurrency(1);
    let one = tuned(make(Lm::new(Learner::default())), data(), metric, &one).await;
    assert_eq!(
        one.artifact.to_text(),
        text,
        "i4: the same at any concurrency"
    );

    for call in [all / 5, all / 2, all - 1] {
        let path = folder.path().join(call.to_string());
        let dying = Learner {
            dies_at: Some(call),
            ..Learner::default()
        };
        let (program, run) = (make(Lm::new(dying)), Run::folder(&path).concurrency(16));
        let killed = tokio::time::timeout(
            Duration::from_millis(150),
            tuned(program, data(), metric, &run),
        );
        assert!(
            killed.await.is_err(),
            "the run cannot end once the model is silent"
        );
        let recorded = answers(&path);
        let lm = Learner::default();
        let run = Run::folder(&path).concurrency(3);
        let resumed = tuned(make(Lm::new(lm.clone())), data(), metric, &run).await;
        assert_eq!(
            resumed.artifact.to_text(),
            text,
            "i5: killed at call {call} of {all}"
        );
        let paid = lm.calls.load(Ordering::SeqCst);
        assert_eq!(paid + recorded, all, "no recorded call is paid twice");
    }

    let path = folder.path().join("tuned.json");
    result.program.save(&path).expect("it can be written");
    let loaded = make(Lm::new(Learner::default()))
        .load(&path)
        .expect("it fits");
    assert_eq!(loaded.state(), result.program.state());
    let predictors = result.tuned.predictors.iter();
    predictors
        .map(|(path, state)| (path.clone(), state.demos.len()))
        .collect()
}

fn split() -> Splits<Qa> {
    let splits = Splits::builder().train(rows(0..12)).val(rows(12..24));
    splits.build().expect("the rows differ")
}

fn demos(of: &[(&str, usize)]) -> Vec<(String, usize)> {
    let own = |(path, demos): &(&str, usize)| ((*path).to_owned(), *demos);
    of.iter().map(own).collect()
}

#[tokio::test]
async fn best_of_n() {
    let found = holds(Best::from_lm, split, is_right).await;
    assert_eq!(found, demos(&[("predict", 3)]));
}

#[tokio::test]
async fn refine() {
    let found = holds(Refined::from_lm, split, is_right).await;
    // No row has fields of the adviser. Of the two rows that pass, row 0 needs no advice.
    assert_eq!(found, demos(&[("advise", 1), ("attempt", 3)]));
}

#[tokio::test]
async fn majority() {
    let found = holds(Most::from_lm, split, is_right).await;
    assert_eq!(found, demos(&[("predict", 3)]));
}

#[tokio::test]
async fn ensemble() {
    let found = holds(Committee::from_lm, split, is_right).await;
    assert_eq!(found, demos(&[("0", 3), ("1", 3), ("2", 3)]));
}

#[tokio::test]
async fn multi_chain_comparison() {
    let right = |gold: &Qa, said: &Compared<QaOutput>| gold.answer == said.answer;
    let found = holds(Comparison::from_lm, split, right).await;
    // No row has the attempts that are compared, so only the two runs that pass are demos of that step.
    assert_eq!(found, demos(&[("attempt", 3), ("compare", 2)]));
}

#[tokio::test]
async fn parallel() {
    let split = || {
        let splits = Splits::builder().train(lists(0..12)).val(lists(12..24));
        splits.build().expect("the rows differ")
    };
    let right = |gold: &Questions, said: &Vec<Result<QaOutput, CallError>>| {
        let mut pairs = gold.0.iter().zip(said);
        pairs.all(|((_, gold), said)| said.as_ref().is_ok_and(|said| said.answer == *gold))
    };
    let found = holds(All::from_lm, split, right).await;
    assert_eq!(
        found,
        demos(&[("predict", 2)]),
        "no labelled demos: such rows have no fields"
    );
}
