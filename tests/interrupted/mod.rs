//! I3 and I5 across restarts: a run that is killed, dropped and stopped by errors again and again, with 64
//! calls in flight each time, against a server that counts its requests.

mod run;
mod server;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use dashoptimize::engine::{Ended, Stop};
use dashoptimize::lm::OpenAi;
use tempfile::tempdir;

use self::run::{CONCURRENCY, client, optimize};
use self::server::Server;

const PROGRAM: &str = env!("CARGO_BIN_EXE_interrupted-run");

/// How often a run is interrupted in each way.
const KILLS: usize = 50;
const DROPS: usize = 50;
const STOPS: usize = 20;

/// Requests that are answered between two interruptions.
const ANSWERS: usize = 3;

/// A run in a folder, with a server.
struct Interrupted<'a> {
    server: &'a Server,
    lm: OpenAi,
    folder: &'a Path,
    budget: u64,
}

/// A way to interrupt a run.
#[derive(Clone, Copy, Debug)]
enum Way {
    Kill,
    Drop,
    Stop,
}

/// So many interruptions of each kind, mixed.
fn ways(kills: usize, drops: usize, stops: usize) -> Vec<Way> {
    let [kills, drops, stops] = [(kills, Way::Kill), (drops, Way::Drop), (stops, Way::Stop)]
        .map(|(count, way)| (0..count).map(move |index| ((2 * index + 1) * 1_000 / count, way)));
    let mut ways: Vec<_> = kills.chain(drops).chain(stops).collect();
    ways.sort_by_key(|(place, _)| *place);
    ways.into_iter().map(|(_, way)| way).collect()
}

impl Interrupted<'_> {
    fn process(&self) -> Child {
        let mut command = Command::new(PROGRAM);
        command.arg(&self.server.url).arg(self.folder);
        command.arg(self.budget.to_string());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program starts")
    }

    async fn interrupt(&self, way: Way) {
        self.server.answer_only(ANSWERS);
        let running = optimize(self.lm.clone(), self.folder, self.budget);
        match way {
            Way::Kill => {
                drop(running);
                let mut process = self.process();
                self.server.all_wait().await;
                process.kill().expect("it can be killed");
                process.wait().expect("it was killed");
            }
            Way::Drop => tokio::select! {
                ended = running => panic!("it ended: {ended:?}"),
                () = self.server.all_wait() => {}
            },
            Way::Stop => {
                let stopped = async {
                    self.server.all_wait().await;
                    self.server.refuse_one();
                };
                let (ended, ()) = tokio::join!(running, stopped);
                let error = ended.expect_err("the key is refused");
                assert!(matches!(*error.stop, Stop::Provider(_)), "{error}");
                let requests = self.server.requests();
                assert!(
                    error.spend.calls >= requests,
                    "{:?}, {requests}",
                    error.spend
                );
            }
        }
        self.server.none_waits().await;
        let requests = self.server.requests();
        assert!(
            requests <= self.budget,
            "{requests} requests after a {way:?}"
        );
    }
}

fn artifact(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("artifact.json")).expect("an artifact")
}

/// Interrupts a run in all ways over one budget, and compares its end with that of a run that is not
/// interrupted.
async fn a_run_ends_as_if_nothing_had_happened(fails: bool) {
    let (folder, server) = (tempdir().expect("a folder"), Server::start().await);
    let lm = client(&server.url);
    let [whole, path] = ["whole", "interrupted"].map(|name| folder.path().join(name));
    server.answer_all();
    let undisturbed = optimize(lm.clone(), &whole, u64::MAX).await;
    let needed = undisturbed.expect("it ends").report.ledger.total().calls;
    assert!(
        needed > (ANSWERS * (KILLS + DROPS + STOPS)) as u64,
        "each interruption finds calls that are in flight"
    );

    server.count_anew();
    server.fail_sometimes(fails);
    let interruptions = (KILLS + DROPS + STOPS) * (CONCURRENCY + ANSWERS);
    let run = Interrupted {
        server: &server,
        lm: lm.clone(),
        folder: &path,
        budget: 2 * needed + interruptions as u64,
    };
    for way in ways(KILLS, DROPS, STOPS) {
        run.interrupt(way).await;
    }
    let lost = server.requests();
    server.answer_all();
    let tuned = optimize(lm, &path, run.budget).await.expect("it ends");
    let (total, requests) = (tuned.report.ledger.total(), server.requests());
    println!("{requests} requests, {lost} of them before the last start; {total:?}");
    assert!(requests <= run.budget && total.calls <= run.budget);
    assert!(total.calls >= requests, "{total:?} of {requests} requests");
    assert_eq!(tuned.report.ended, Ended::Done);
    assert!(tuned.verdict.is_some());
    assert_eq!(artifact(&path), artifact(&whole));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i5_kills_drops_and_error_stops_leave_the_artifact_byte_equal() {
    a_run_ends_as_if_nothing_had_happened(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i5_so_do_transient_failures_in_between() {
    a_run_ends_as_if_nothing_had_happened(true).await;
}

/// The budget suffices for the run, but not for what the interruptions lose.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i3_a_budget_holds_until_it_is_used_up_by_interruptions() {
    let (folder, server) = (tempdir().expect("a folder"), Server::start().await);
    let run = Interrupted {
        server: &server,
        lm: client(&server.url),
        folder: folder.path(),
        budget: 700,
    };
    for way in ways(4, 4, 2) {
        run.interrupt(way).await;
    }
    server.answer_all();
    for _ in 0..3 {
        let ended = optimize(run.lm.clone(), run.folder, run.budget).await;
        let calls = match ended {
            Ok(tuned) => {
                assert!(matches!(tuned.report.ended, Ended::Budget(_)));
                tuned.report.ledger.total().calls
            }
            Err(error) => {
                assert!(
                    matches!(*error.stop, Stop::BudgetTooSmall { .. }),
                    "{error}"
                );
                error.spend.calls
            }
        };
        let requests = server.requests();
        assert!(
            requests <= run.budget && calls >= requests,
            "{requests} of {calls}"
        );
    }
}
