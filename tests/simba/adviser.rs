//! What writes rules is asked with, and what happens where it fails.

use dashoptimize::call::{CallError, Context};
use dashoptimize::engine::{Run, Stop};
use dashoptimize::evaluate::Score;
use dashoptimize::lm::{ChatReply, ChatRequest, FinishReason, LmError, LmErrorKind, Retry};
use dashoptimize::module::{Module, Predictor};
use dashoptimize::optimizer::simba::{OfferFeedbackInput, OfferFeedbackOutput};
use dashoptimize::optimizer::{SIMBA, SIMBAStrategy, Search};

use super::{Node, Simba, demos, instructions, optimize, short, tuned};
use crate::support::coach::{Coach, GOOD, asks_for};
use crate::support::quiz::{Quiz, node, splits};

fn rules() -> Simba {
    short().strategies([SIMBAStrategy::AppendARule])
}

#[tokio::test]
async fn it_is_shown_both_runs_and_what_the_metric_said() {
    let metric = |gold: &Quiz, said: &Quiz| {
        let score = f64::from(u8::from(gold.answer == said.answer));
        let words = format!("it should be {}", gold.answer);
        Score::new(score).map(|score| score.with_feedback(words))
    };
    let lm = Coach::default();
    let optimizer = SIMBA::new(metric)
        .original()
        .strategies([SIMBAStrategy::AppendARule])
        .bsize(10)
        .max_steps(1);
    let (data, run) = (splits(30, 20, 20), Run::in_memory().seed(1));
    optimizer
        .optimize(&node(lm.clone()), &data, &run)
        .await
        .unwrap();
    let asked = lm.asked_for("module_advice");
    assert!(!asked.is_empty());
    for request in &asked {
        let shown = request.turns[0].text();
        assert!(
            shown.contains("`quiz` (question -> answer): Answer with the word."),
            "{shown}"
        );
        assert!(shown.contains("-> {\"answer\":\"no idea\"}"), "{shown}");
        assert!(shown.contains("-> {\"answer\":\"word"), "{shown}");
        assert!(shown.contains("it should be word"), "{shown}");
        // Rows of the validation part and of the hold-out are shown to nobody.
        for hidden in 30..70 {
            assert!(!shown.contains(&format!("number {hidden}?")), "{shown}");
        }
    }
}

#[tokio::test]
async fn another_model_writes_rules_and_is_declared() {
    let (task, other) = (Coach::default(), Coach::named("other"));
    let optimizer = rules().proposer(other.clone());
    let models = |optimizer: &Simba| {
        let models = Search::<Node, Quiz>::models(optimizer).into_iter();
        models.map(|lm| lm.info().id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(models(&optimizer), ["other"]);
    let tuned = tuned(&optimizer, &task).await;
    assert!(instructions(&tuned).contains(GOOD));
    assert!(other.calls() > 0);
    assert!(task.asked_for("module_advice").is_empty());
    // A search that writes no rules calls no further model.
    let no_rules = optimizer.strategies([SIMBAStrategy::AppendADemo]);
    assert!(models(&no_rules).is_empty());
}

/// Gives the same advice for every module, without a model.
#[derive(Clone)]
struct Fixed(&'static str);

impl Module for Fixed {
    type Input = OfferFeedbackInput;
    type Output = OfferFeedbackOutput;

    async fn forward(
        &self,
        _: &Context<'_>,
        input: OfferFeedbackInput,
    ) -> Result<OfferFeedbackOutput, CallError> {
        let advice = input
            .module_names
            .into_iter()
            .map(|name| (name, self.0.to_owned()));
        Ok(OfferFeedbackOutput {
            discussion: String::new(),
            module_advice: advice.collect(),
        })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        Vec::new()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        Vec::new()
    }
}

#[tokio::test]
async fn a_module_of_ones_own_writes_rules() {
    let lm = Coach::default();
    let tuned_by_it = tuned(&rules().propose_with(Fixed(GOOD)), &lm).await;
    assert!(instructions(&tuned_by_it).contains(GOOD));
    assert!(lm.asked_for("module_advice").is_empty());
    // Without advice, no candidate differs from what is known.
    let nothing = tuned(&rules().propose_with(Fixed("N/A")), &lm).await;
    assert_eq!(nothing.tuned, nothing.original);
    assert_eq!(nothing.report.tried.len(), 1);
}

type Failing = fn() -> Result<ChatReply, LmError>;

fn error(kind: LmErrorKind) -> Result<ChatReply, LmError> {
    Err(LmError::new(kind, "it failed"))
}

const FAILURES: [(&str, Failing); 8] = [
    ("unreadable", || Ok(ChatReply::new("I do not know."))),
    ("half", || Ok(ChatReply::new("[[ ## discussion ## ]]\nno"))),
    ("cut", || {
        let reply = ChatReply::new("[[ ## discussion ## ]]\nno\n\n[[ ## module_advice ## ]]\n{");
        Ok(reply.with_finish(FinishReason::Length))
    }),
    ("refused", || {
        Ok(ChatReply::new("I will not.").with_finish(FinishReason::Refusal))
    }),
    ("server", || error(LmErrorKind::Server)),
    ("time-out", || error(LmErrorKind::Timeout)),
    ("too long", || error(LmErrorKind::ContextTooLong)),
    ("filtered", || error(LmErrorKind::ContentPolicy)),
];

fn failing(failure: Failing) -> Coach {
    Coach::default()
        .but(move |request: &ChatRequest| asks_for(request, "module_advice").then(failure))
}

#[tokio::test]
async fn rules_that_fail_leave_demos() {
    for (name, failure) in FAILURES {
        let run = Run::in_memory().seed(1).retry(Retry::none());
        let tuned = optimize(&short(), &failing(failure), &splits(30, 40, 0), &run).await;
        let tuned = tuned.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(demos(&tuned) > 0, "{name}: {tuned}");
        assert_eq!(instructions(&tuned), "", "{name}");
    }
}

#[tokio::test]
async fn a_refused_key_ends_the_run() {
    let run = Run::in_memory().seed(1).retry(Retry::none());
    let lm = failing(|| error(LmErrorKind::Auth));
    let ended = optimize(&short(), &lm, &splits(30, 40, 0), &run).await;
    let error = ended.expect_err("nothing can be called");
    assert!(matches!(&*error.stop, Stop::Provider(_)), "{error}");
}
