//! Optimizing a program of several predictors.

use dashoptimize::call::{CallError, Context};
use dashoptimize::engine::Run;
use dashoptimize::evaluate::OptimizerMetric;
use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, Gateway, LmError, ModelInfo, Permit, Purpose,
    Scripted,
};
use dashoptimize::module::{Module, ModuleExt, Predictor};
use dashoptimize::optimizer::{BootstrapFewShot, LabeledFewShot, RandomSearch};
use dashoptimize::state::{PredictorState, State};

use crate::support::chain::{Chain, all_knowing, reply};
use crate::support::quiz::{Quiz, is_right, row, rows, splits};

type Metric = fn(&Quiz, &Quiz) -> bool;

fn bootstrap() -> BootstrapFewShot<OptimizerMetric<'static, Quiz, Quiz>> {
    BootstrapFewShot::new(is_right as Metric)
        .max_bootstrapped_demos(3)
        .max_labeled_demos(4)
}

#[tokio::test]
async fn one_passing_run_gives_a_demo_to_each_predictor() {
    let run = Run::in_memory();
    let tuned = bootstrap()
        .max_iterations(1)
        .optimize(&Chain::new(all_knowing()), &splits(9, 6, 0), &run)
        .await
        .unwrap();
    for (path, input, output) in [("hint", "question", "hint"), ("answer", "hint", "answer")] {
        let demos = &tuned.tuned.predictors[path].demos;
        // Rows have no `hint`, so that labelled demos fit neither predictor.
        assert_eq!(demos.len(), 3, "{path}");
        for (place, demo) in demos.iter().enumerate() {
            assert!(
                demo.inputs[input]
                    .as_str()
                    .unwrap()
                    .contains(&place.to_string())
            );
            assert!(demo.outputs.contains_key(output));
        }
    }
    let ledger = &tuned.report.ledger;
    let total = ledger.total();
    let parts = [ledger.for_predictor("hint"), ledger.for_predictor("answer")];
    assert_eq!(parts[0].calls + parts[1].calls, total.calls);
    assert_eq!(parts[0].calls, parts[1].calls);
    assert_eq!(ledger.for_purpose(Purpose::Task), total);
}

/// The demos of an inner predictor have no input that a row has; they are known by their source.
#[tokio::test]
async fn i1_an_example_never_sees_its_own_answer_in_the_demo_of_an_inner_predictor() {
    let lm = Scripted::new(|request: &ChatRequest| {
        let query = request.turns[0].text();
        let prefix = request.prefix.messages();
        // The first two rows are in the demos of the second iteration's teacher, and are asked again.
        let shown = prefix.iter().any(|message| message.text() == query);
        let is_train = ["number 0?", "number 1?", "hint 0", "hint 1"]
            .iter()
            .any(|end| query.contains(end));
        assert!(!(shown && is_train), "shown its own answer: {query}");
        // Nothing passes without a demo of another row, so that a second iteration gains.
        match prefix.len() {
            1 if query.contains("number 3?") => "[[ ## hint ## ]]\nhint 99".to_owned(),
            _ => reply(query),
        }
    });
    let tuned = bootstrap()
        .max_iterations(3)
        .optimize(&Chain::new(lm), &splits(3, 3, 0), &Run::in_memory())
        .await
        .unwrap();
    assert!(
        tuned.report.tried.len() >= 3,
        "there was a second iteration"
    );
    assert_eq!(tuned.report.ledger.total().failed, 0);
    let failures = tuned
        .report
        .tried
        .iter()
        .map(|tried| tried.measured.failures());
    assert_eq!(failures.map(|f| f.program).sum::<usize>(), 0);
}

#[tokio::test]
async fn an_optimized_program_is_optimized_again() {
    let data = splits(9, 6, 4);
    let run = Run::in_memory();
    let student = Chain::new(all_knowing());
    let once = bootstrap().optimize(&student, &data, &run).await.unwrap();
    let tuned = student.with_state(&once.tuned).unwrap();
    let twice = RandomSearch::new(is_right as Metric)
        .seeds(-3..2)
        .optimize(&tuned, &data, &run)
        .await
        .unwrap();
    assert_eq!(twice.original, once.tuned);
}

#[test]
fn a_state_is_applied_by_path() {
    let program = Chain::new(all_knowing());
    let state = |path: &str| {
        let instructions = format!("instructions of {path}");
        let state = PredictorState::default().with_instructions(instructions);
        State::from_iter([(path, state)])
    };
    let changed = program.with_state(&state("answer")).unwrap();
    assert_eq!(changed.hint.state(), program.hint.state());
    let instructions = changed.answer.state().instructions.as_deref();
    assert_eq!(instructions, Some("instructions of answer"));
    let error = program.with_state(&state("anser")).unwrap_err();
    assert!(
        error.to_string().contains("it has `hint`, `answer`"),
        "{error}"
    );
}

/// What a state says of one of them would silently go for both.
#[tokio::test]
async fn two_predictors_of_one_path_are_a_clear_error() {
    let lm = all_knowing();
    let mut program = Chain::new(lm.clone());
    program.answer.set_path("hint");
    let optimizer = LabeledFewShot::new(is_right as Metric);
    let (data, run) = (splits(3, 3, 0), Run::in_memory());
    let optimized = optimizer.optimize(&program, &data, &run).await;
    let error = optimized.unwrap_err().to_string();
    let words = "two predictors of this program have the path `hint`; give each its own";
    assert!(error.starts_with(words), "{error}");
    let evaluated = run.evaluate(&program, &rows(0..2), &is_right).await;
    assert!(evaluated.unwrap_err().to_string().starts_with(words));
    assert!(program.with_state(&program.state()).is_err());
    assert_eq!(lm.calls(), 0);
}

/// Asks two things at once with one predictor.
#[derive(Clone)]
struct Both(Predictor);

impl Module for Both {
    type Input = Quiz;
    type Output = Quiz;

    async fn forward(&self, context: &Context<'_>, input: Quiz) -> Result<Quiz, CallError> {
        let ask = |question: &str| self.0.call(context, vec![question.into()]);
        let (first, second) = tokio::join!(ask("number 1, slow"), ask("number 2, fast"));
        first.and(second)?;
        Ok(input)
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.0]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.0]
    }
}

/// A model that answers what is slow after what is fast, or the other way round.
struct Slow(&'static str);

impl ChatModel for Slow {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let query = request.turns[0].text();
            if query.contains(self.0) {
                tokio::task::yield_now().await;
            }
            Ok(ChatReply::new(reply(query)))
        })
    }

    fn info(&self) -> ModelInfo {
        ModelInfo::new("slow")
    }
}

/// Demos are made of traces, so that a trace must not depend on which reply comes first.
#[tokio::test]
async fn i4_a_trace_is_in_the_order_in_which_calls_were_begun() {
    for slow in ["slow", "fast"] {
        let program = Both(Chain::new(Slow(slow)).hint);
        let gateway = Gateway::direct();
        let context = Context::new(&gateway).with_trace();
        program.forward(&context, row(0)).await.unwrap();
        let trace = context.take_trace();
        let questions = trace.iter().map(|step| step.inputs["question"].clone());
        assert_eq!(
            questions.collect::<Vec<_>>(),
            ["number 1, slow", "number 2, fast"],
            "late is what is {slow}"
        );
    }
}
