//! Runs that are disturbed: interrupted, short of budget, with failures at any call, at any concurrency.
//!
//! [`bears_everything`] is for every optimizer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dashoptimize::engine::{Install, Run};
use dashoptimize::evaluate::MetricFn;
use dashoptimize::lm::{
    BoxFuture, Budget, ChatModel, ChatReply, ChatRequest, FinishReason, Lm, LmError, LmErrorKind,
    ModelInfo, Permit, Retry, Scripted,
};
use dashoptimize::module::ModuleExt;
use dashoptimize::optimizer::{OptimizeError, Optimized, Optimizer};
use tempfile::tempdir;
use tokio::sync::Notify;

use super::model::model;
use super::program::{Item, Program};
use super::proposer::proposing;
use super::reached::{judge, splits};
use super::world::World;
use crate::support::journal::answers;
use crate::support::run_folder::files;

/// What all models of a run share: how many calls they got, and which of them is disturbed.
#[derive(Clone, Default)]
struct Calls {
    count: Arc<AtomicU64>,
    disturbed: Option<(u64, Disturbance)>,
    died: Arc<Notify>,
}

/// What happens at a call.
#[derive(Clone, Copy, Debug)]
enum Disturbance {
    /// No reply comes any more, to this call and all later ones.
    Death,
    /// It fails, and so does no other call.
    Failure(LmErrorKind),
    /// The reply is this text.
    Text(&'static str),
    /// The reply is cut.
    Cut,
}

/// A model whose calls are counted and disturbed.
struct Disturbed {
    model: Scripted,
    calls: Calls,
}

impl ChatModel for Disturbed {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let call = self.calls.count.fetch_add(1, Ordering::SeqCst);
            // Replies come back in another order than they were asked for.
            for _ in 0..call % 5 {
                tokio::task::yield_now().await;
            }
            match self.calls.disturbed {
                Some((at, Disturbance::Death)) if call >= at => {
                    self.calls.died.notify_one();
                    std::future::pending().await
                }
                Some((at, Disturbance::Failure(kind))) if call == at => {
                    Err(LmError::new(kind, "disturbed"))
                }
                Some((at, Disturbance::Text(text))) if call == at => Ok(ChatReply::new(text)),
                Some((at, Disturbance::Cut)) if call == at => {
                    Ok(ChatReply::new("[[ ## an").with_finish(FinishReason::Length))
                }
                _ => self.model.chat(request, permit).await,
            }
        })
    }

    fn info(&self) -> ModelInfo {
        self.model.info()
    }
}

/// A run of an optimizer in a world.
struct Trial<'w, F> {
    world: &'static World,
    optimizer: &'w F,
    calls: Calls,
    /// At this judgement, the metric panics.
    panics_at: Option<u64>,
    proposer: Scripted,
}

impl<'w, O, F> Trial<'w, F>
where
    O: Optimizer<Program, Item>,
    F: Fn(MetricFn<Item, String>, Lm) -> O,
{
    fn new(world: &'static World, optimizer: &'w F) -> Self {
        Self {
            world,
            optimizer,
            calls: Calls::default(),
            panics_at: None,
            proposer: proposing(world, 1).keeping_requests(),
        }
    }

    fn disturbed_at(mut self, call: u64, disturbance: Disturbance) -> Self {
        self.calls.disturbed = Some((call, disturbance));
        self
    }

    fn made(&self) -> u64 {
        self.calls.count.load(Ordering::SeqCst)
    }

    fn program(&self) -> Program {
        let lm = self.disturbing(model(self.world, 1));
        Program::new(self.world.steps.len(), lm)
    }

    fn disturbing(&self, model: Scripted) -> Lm {
        let calls = self.calls.clone();
        Lm::new(Disturbed { model, calls })
    }

    async fn run(&self, run: Run) -> Result<Optimized<Program>, OptimizeError> {
        let proposer = self.disturbing(self.proposer.clone());
        let optimizer = (self.optimizer)(self.metric(), proposer);
        let run = run.seed(1).install(Install::Always).retry(no_waits());
        let (program, data) = (self.program(), splits(self.world, 1));
        let before = program.state();
        let ended = optimizer.optimize(&program, &data, &run).await;
        assert_eq!(program.state(), before, "the student is not changed");
        ended
    }

    /// No row that candidates are chosen or judged by is shown to a proposer.
    fn proposer_saw_training_rows_alone(&self) {
        for request in self.proposer.requests() {
            let texts: Vec<String> = request.messages().map(|m| m.text().to_owned()).collect();
            for text in &texts {
                let items = text.split("item number ").skip(1);
                let numbers = items.filter_map(|item| item.split(' ').next()?.parse::<u64>().ok());
                let last = super::reached::FIRST_ROW + self.world.rows[0] as u64;
                assert!(numbers.into_iter().all(|number| number < last), "{text}");
            }
        }
    }

    fn metric(&self) -> MetricFn<Item, String> {
        let (world, at, judged) = (self.world, self.panics_at, AtomicU64::new(0));
        MetricFn::new(move |gold: &Item, said: &String| {
            let is_now = at == Some(judged.fetch_add(1, Ordering::SeqCst));
            assert!(!is_now, "the metric has a mistake");
            judge(world, gold, said)
        })
    }
}

fn no_waits() -> Retry {
    Retry::DEFAULT.with_waits(Duration::ZERO, Duration::ZERO)
}

/// All that every optimizer must bear, in a small world.
pub(crate) async fn bears_everything<O, F>(world: &'static World, optimizer: F)
where
    O: Optimizer<Program, Item>,
    F: Fn(MetricFn<Item, String>, Lm) -> O,
{
    let folder = tempdir().expect("a folder");
    let whole = Trial::new(world, &optimizer);
    let undisturbed = whole.run(Run::folder(folder.path()).concurrency(1)).await;
    let undisturbed = undisturbed.expect("it ends");
    let expected = files(folder.path());
    let calls = whole.made();
    assert_eq!(undisturbed.report.ledger.total().calls, calls);
    whole.proposer_saw_training_rows_alone();

    for concurrency in [8, 64] {
        let folder = tempdir().expect("a folder");
        let run = Run::folder(folder.path()).concurrency(concurrency);
        Trial::new(world, &optimizer)
            .run(run)
            .await
            .expect("it ends");
        assert_eq!(
            files(folder.path()),
            expected,
            "at concurrency {concurrency}"
        );
    }
    for kill in 0..20 {
        let concurrency = [1, 8, 64][kill as usize % 3];
        let at = (kill * calls + calls / 2) / 20;
        is_resumed(world, &optimizer, at, concurrency, (calls, &expected)).await;
    }
    bears_failures(world, &optimizer, (calls, &expected)).await;
    keeps_to_budgets(world, &optimizer, calls).await;
}

/// A run that is interrupted at a call goes on, makes no recorded call again and leaves the same files.
async fn is_resumed<O, F>(
    world: &'static World,
    optimizer: &F,
    at: u64,
    concurrency: u64,
    (calls, expected): (u64, &[(String, String)]),
) where
    O: Optimizer<Program, Item>,
    F: Fn(MetricFn<Item, String>, Lm) -> O,
{
    let folder = tempdir().expect("a folder");
    let run = || Run::folder(folder.path()).concurrency(concurrency as usize);
    let dying = Trial::new(world, optimizer).disturbed_at(at, Disturbance::Death);
    let died = Arc::clone(&dying.calls.died);
    tokio::select! {
        _ = dying.run(run()) => panic!("it was to be interrupted at call {at}"),
        () = died.notified() => {}
    }
    let recorded = answers(folder.path());
    let resumed = Trial::new(world, optimizer);
    resumed.run(run()).await.expect("it ends");
    let made = resumed.made();
    assert_eq!(
        made,
        calls - recorded,
        "interrupted at {at} of {calls} calls"
    );
    assert_eq!(
        files(folder.path()),
        expected,
        "interrupted at {at} of {calls} calls"
    );
}

/// A failure at any call is tried again where that can help, and is otherwise a matter of this call.
async fn bears_failures<O, F>(
    world: &'static World,
    optimizer: &F,
    (calls, expected): (u64, &[(String, String)]),
) where
    O: Optimizer<Program, Item>,
    F: Fn(MetricFn<Item, String>, Lm) -> O,
{
    let artifact = |files: &[(String, String)]| {
        let file = files.iter().find(|(name, _)| name == "artifact.json");
        file.expect("an artifact").1.clone()
    };
    let passing = [
        LmErrorKind::Timeout,
        LmErrorKind::RateLimited,
        LmErrorKind::Server,
        LmErrorKind::Protocol,
    ];
    let passing = passing.map(|kind| (Disturbance::Failure(kind), true));
    let lasting = [
        Disturbance::Failure(LmErrorKind::InvalidRequest),
        Disturbance::Text(""),
        Disturbance::Text("```\nan unreadable proposal"),
        Disturbance::Cut,
    ];
    let lasting = lasting.map(|disturbance| (disturbance, false));
    let all = passing.into_iter().chain(lasting).enumerate();
    for (number, (disturbance, is_mended)) in all {
        // Each call of a run meets one of the eight kinds.
        for at in (number as u64..calls).step_by(8) {
            let folder = tempdir().expect("a folder");
            let run = Run::folder(folder.path()).concurrency(1);
            let trial = Trial::new(world, optimizer).disturbed_at(at, disturbance);
            let ended = trial.run(run).await;
            let ended = ended.unwrap_or_else(|error| panic!("{disturbance:?} at {at}: {error}"));
            assert!(ended.tuned.predictors.len() == world.steps.len());
            if is_mended {
                let found = artifact(&files(folder.path()));
                assert_eq!(found, artifact(expected), "{disturbance:?} at {at}");
            }
        }
    }
    for at in (0..calls).step_by(5) {
        let mut trial = Trial::new(world, optimizer);
        trial.panics_at = Some(at);
        let ended = trial.run(Run::in_memory()).await;
        ended.unwrap_or_else(|error| panic!("a panic of the metric at {at}: {error}"));
    }
}

/// No budget is overrun, and what was found until it ended is the result.
async fn keeps_to_budgets<O, F>(world: &'static World, optimizer: &F, calls: u64)
where
    O: Optimizer<Program, Item>,
    F: Fn(MetricFn<Item, String>, Lm) -> O,
{
    let least = world.rows[1] as u64 * world.steps.len() as u64;
    for budget in (least..calls).step_by(1 + calls as usize / 7) {
        let trial = Trial::new(world, optimizer);
        let run = Run::in_memory()
            .budget(Budget::calls(budget))
            .concurrency(64);
        let ended = trial.run(run.without_verdict()).await;
        let ended = ended.unwrap_or_else(|error| panic!("a budget of {budget}: {error}"));
        assert!(trial.made() <= budget, "{} of {budget}", trial.made());
        assert!(
            ended.report.initial.is_some(),
            "the program as given is measured"
        );
    }
}
