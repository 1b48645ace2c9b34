//! `Parallel`.

use dashoptimize::call::CallError;
use dashoptimize::engine::Run;
use dashoptimize::lm::{Budget, ChatRequest, Gateway, LmErrorKind};
use dashoptimize::module::{Parallel, ParallelInput};

use super::*;

fn inputs(count: usize) -> ParallelInput<QaInput> {
    (0..count)
        .map(|number| input(&format!("number {number}")))
        .collect()
}

/// A model that answers with the number; the reply to number 3 cannot be read.
fn echo() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let number = request.turns[0]
            .text()
            .rsplit(' ')
            .next()
            .unwrap_or_default();
        match number {
            "3" => String::new(),
            number => reply(number),
        }
    })
}

#[tokio::test(start_paused = true)]
async fn outputs_are_in_the_order_of_the_inputs_and_a_failed_item_loses_no_other() {
    let lm = echo().with_delay(Duration::from_secs(1));
    let watched = watched(&Parallel::new(qa(&lm)).concurrency(4), inputs(10)).await;
    let outputs = watched.outcome.unwrap();
    for (number, output) in outputs.iter().enumerate() {
        match (number, output) {
            (3, output) => assert!(matches!(output, Err(CallError::Parse { .. }))),
            (_, output) => assert_eq!(output.as_ref().unwrap().answer, number.to_string()),
        }
    }
    assert_eq!((lm.calls(), lm.max_concurrent_calls()), (10, 4));
    assert_eq!(
        answers(&watched.trace),
        ["0", "1", "2", "4", "5", "6", "7", "8", "9"]
    );
    let told = ended(&watched.told);
    assert_eq!(told.len(), 10);
    assert!(
        has_failed_with(&told[3].1, "predictor `predict`"),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn sixteen_items_run_concurrently_by_default() {
    let lm = slow("x");
    Parallel::new(qa(&lm)).call(inputs(40)).await.unwrap();
    assert_eq!(lm.max_concurrent_calls(), 16);
    let lm = slow("x");
    Parallel::new(qa(&lm))
        .concurrency(1)
        .call(inputs(3))
        .await
        .unwrap();
    assert_eq!(lm.max_concurrent_calls(), 1);
    assert_eq!(
        Parallel::new(qa(&lm))
            .call(Vec::new().into())
            .await
            .unwrap()
            .len(),
        0
    );
}

/// The second step answers what ends in 0, the first one the rest.
#[derive(Clone)]
struct Either(Predict<Qa>, Predict<Qa>);
impl Module for Either {
    type Input = QaInput;
    type Output = QaOutput;

    async fn forward(&self, context: &Context<'_>, i: QaInput) -> Result<QaOutput, CallError> {
        match i.question.ends_with('0') {
            true => self.1.forward(context, i).await,
            false => self.0.forward(context, i).await,
        }
    }

    fn predictors(&self) -> Vec<&dashoptimize::module::Predictor> {
        self.0.predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut dashoptimize::module::Predictor> {
        self.0.predictors_mut()
    }
}

/// The first item ends last.
#[tokio::test(start_paused = true)]
async fn outputs_are_in_the_order_of_the_inputs_whichever_ends_first() {
    let program = Parallel::new(Either(qa(&echo()), qa(&slow("late"))));
    let watched = watched(&program, inputs(3)).await;
    let outputs = watched.outcome.unwrap().into_iter();
    let said: Vec<String> = outputs.map(|output| output.unwrap().answer).collect();
    assert_eq!(said, ["late", "1", "2"]);
    assert_eq!(answers(&watched.trace), ["late", "1", "2"]);
    let (last, _) = ended(&watched.told)[2];
    let first_item = CallPart::new(PartKind::Item, 0, 3);
    assert_eq!(last, first_item, "listeners hear of each item as it ends");
}

/// An item that takes long keeps nothing but its own place.
#[tokio::test(start_paused = true)]
async fn a_slow_item_does_not_keep_the_others_from_starting() {
    let lm = Scripted::new(|_: &ChatRequest| reply("x"));
    let late = slow("late");
    let program = Parallel::new(Either(qa(&lm), qa(&late))).concurrency(2);
    let call = program.call(inputs(9));
    let ended = tokio::time::timeout(Duration::from_millis(500), call).await;
    assert!(ended.is_err());
    assert_eq!((lm.calls(), late.calls()), (8, 1));
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_that_would_meet_every_item_nothing_is_started() {
    let lm = locked_out().with_delay(Duration::from_secs(1));
    let outputs = Parallel::new(qa(&lm)).concurrency(2).call(inputs(9)).await;
    let outputs = outputs.unwrap();
    assert_eq!(outputs.len(), 9);
    for output in outputs {
        let Err(CallError::Lm { source, .. }) = output else {
            panic!("no item can have an answer");
        };
        assert_eq!(source.kind(), LmErrorKind::Auth);
    }
    assert_eq!(
        lm.calls(),
        2,
        "those that were started before the first failure"
    );
}

#[tokio::test]
async fn where_the_budget_ends_the_rollout_is_refused_and_what_was_paid_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [Numbers(inputs(3))];
    for (calls, refused) in [(2, true), (3, false)] {
        let lm = Scripted::new(|_: &ChatRequest| reply("x"));
        let program = Parallel::new(qa(&lm)).concurrency(1);
        let run = Run::folder(folder.path()).budget(Budget::calls(calls));
        let all = |_: &Numbers, said: &Vec<Result<QaOutput, CallError>>| said.len() == 3;
        let (evaluation, evaluated) = run.evaluate(&program, &rows, &all).await.unwrap();
        let is_refused = matches!(
            evaluated[0].outcome(),
            dashoptimize::evaluate::Outcome::Refused { .. }
        );
        assert_eq!(is_refused, refused, "{evaluated:?}");
        assert_eq!(evaluation.spend.calls, calls);
        assert_eq!(
            lm.calls(),
            [2, 1][usize::from(!refused)],
            "no item is paid for twice"
        );
    }
}

struct Numbers(ParallelInput<QaInput>);

impl dashoptimize::evaluate::Example<ParallelInput<QaInput>> for Numbers {
    fn input(&self) -> ParallelInput<QaInput> {
        self.0.clone()
    }

    fn fields(&self) -> serde_json::Map<String, serde_json::Value> {
        serde_json::Map::new()
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_makes_no_further_call() {
    let lm = slow("x");
    let program = Parallel::new(qa(&lm)).concurrency(4);
    assert_eq!(dropped(&program, inputs(40), &lm).await, (4, 4));
}

#[tokio::test]
async fn items_share_the_samples_of_the_rollout_and_the_module_keeps_its_paths() {
    let lm = by_sample(&["", "", "", "", "x"]);
    let mut program = Parallel::new(qa(&lm));
    program = program.under("answer");
    assert_eq!(program.predictors()[0].path(), "answer");
    let gateway = Gateway::direct();
    let context = Context::new(&gateway).with_sample(4);
    program.forward(&context, inputs(2)).await.unwrap();
    assert_eq!(samples(&lm), [4, 4]);
}
