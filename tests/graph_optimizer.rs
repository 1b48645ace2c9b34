//! `GraphOptimizer`: predictors are improved for the final answer.
//!
//! The program has three steps, and a scripted model answers them. What an instruction says is passed on in the
//! texts between the steps, so the last step knows what all of them were told:
//!
//! | told | share of right answers |
//! |---|---|
//! | nothing | 0.3 |
//! | research: `thorough` | 0.1, whatever the others are told, although its notes are best |
//! | research: `sources` | nothing more, unless the summary is told `cite`; then 0.3 more |
//! | summary: `cite` | 0.1 more |
//! | answer: `short` | 0.1 more |
//! | research: `vague` | 0.1 less |

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashoptimize::engine::{Candidate, Event, Install, Observer, Search, Stop, Study};
use dashoptimize::evaluate::Example;
use dashoptimize::lm::{Budget, ChatRequest, Scripted};
use dashoptimize::optimizer::{GraphNews, Optimized};
use dashoptimize::prelude::*;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::run_folder::files;

/// Collect notes.
#[signature]
struct Research {
    #[input]
    topic: String,
    #[output]
    notes: String,
}

/// Condense them.
#[signature]
struct Summarise {
    #[input]
    notes: String,
    #[output]
    summary: String,
}

/// Say what it is.
#[signature]
struct Conclude {
    #[input]
    summary: String,
    #[output]
    answer: String,
}

/// A labelled topic.
#[signature]
struct Case {
    #[input]
    topic: String,
    #[output]
    answer: String,
}

pipeline!(
    #[with(rows = Case)]
    fn Digest(topic: String) -> String {
        let research = Predict::<Research> { topic };
        let summary = Predict::<Summarise> {
            notes: research.notes,
        };
        let conclusion = Predict::<Conclude> {
            summary: summary.summary,
        };
        conclusion.answer
    }
);

const WORDS: [&str; 5] = ["thorough", "sources", "cite", "short", "vague"];

/// What the first, the second and the third predictor can be told.
const TOLD: [&[&str]; 3] = [&["thorough", "sources"], &["cite"], &["short"]];

/// The share of right answers, by what the steps were told.
fn accuracy(told: &str) -> f64 {
    let has = |word: &str| f64::from(u8::from(told.contains(word)));
    match told.contains("thorough") {
        true => 0.1,
        false => {
            0.3 + 0.3 * has("sources") * has("cite") + 0.1 * has("cite") + 0.1 * has("short")
                - 0.1 * has("vague")
        }
    }
}

/// What a program is told.
fn told(program: &impl Module) -> String {
    let predictors = program.state().predictors.into_values();
    predictors
        .filter_map(|predictor| predictor.instructions)
        .collect()
}

/// The accuracy of a program in this state.
fn known(program: &Digest) -> f64 {
    accuracy(&told(program))
}

const BEST: f64 = 0.8;

fn reply(seed: u64, request: &ChatRequest) -> String {
    let opening = request.prefix.messages()[0].text();
    let query = request.turns[0].text();
    let told: Vec<&str> = WORDS
        .into_iter()
        .filter(|word| opening.contains(word) || query.contains(word))
        .collect();
    let topic = query.split("case ").nth(1).expect("a case");
    let number: u64 = topic
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(|n| n.parse().ok())
        .expect("a number");
    let passed_on = format!("case {number} {}", told.join(" "));
    let draw = (number * 7_919 + seed * 104_729) % 1_000;
    let right = (draw as f64) < accuracy(&told.join(" ")) * 1_000.0;
    let answer = if right {
        format!("answer {number}")
    } else {
        "unknown".to_owned()
    };
    format!(
        "[[ ## notes ## ]]\n{passed_on}\n\n[[ ## summary ## ]]\n{passed_on}\n\n[[ ## answer ## ]]\n{answer}\n\n[[ ## completed ## ]]"
    )
}

fn program(seed: u64) -> Digest {
    Digest::new(Scripted::new(move |request: &ChatRequest| {
        reply(seed, request)
    }))
}

fn data() -> Splits<Case> {
    let case = |number| Case {
        topic: format!("case {number} "),
        answer: format!("answer {number}"),
    };
    let part = |from: u64, to: u64| Dataset::from_vec((from..to).map(case).collect());
    let splits = Splits::builder()
        .train(part(0, 20))
        .val(part(100, 160))
        .holdout(part(300, 400));
    splits.build().expect("three parts")
}

fn is_right(gold: &Case, said: &String) -> bool {
    gold.answer == *said
}

/// Tries what each predictor can be told, and all of it together.
#[derive(Clone)]
struct TellAll;

impl<M: Module, E: Example<M::Input>> Search<M, E> for TellAll {
    fn name(&self) -> &'static str {
        "TellAll"
    }

    fn settings(&self) -> Value {
        json!({})
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        let predictors = study.student().predictors().into_iter();
        let paths: Vec<_> = predictors
            .map(|predictor| predictor.path().to_owned())
            .collect();
        // One of the words, or none, for each predictor.
        let mut states = vec![study.student().state()];
        for (path, words) in paths.iter().zip(TOLD) {
            let told = states.iter().flat_map(|state| {
                words.iter().map(|word| {
                    let mut state = state.clone();
                    let predictor = state.predictors.entry(path.clone()).or_default();
                    *predictor = predictor.clone().with_instructions(format!("Be {word}."));
                    state
                })
            });
            let told: Vec<_> = told.collect();
            states.extend(told);
        }
        let states: Vec<_> = states
            .into_iter()
            .map(|state| ("told".to_owned(), state))
            .collect();
        let candidates = study.candidates(&states)?;
        study.evaluate_all(&candidates).await?;
        Ok(study.best().expect("a candidate"))
    }
}

async fn tuned(seed: u64, strategy: OptimizationStrategy, run: Run) -> Optimized<Digest> {
    let tune = GraphOptimizer::new(is_right, strategy).inner(TellAll);
    let run = run.seed(seed).install(Install::Always);
    tune.optimize(&program(seed), &data(), &run)
        .await
        .expect("it ends")
}

async fn reached(strategy: OptimizationStrategy) -> Vec<f64> {
    let mut reached = Vec::new();
    for seed in 0..20 {
        let tuned = tuned(seed, strategy, Run::in_memory().without_verdict()).await;
        reached.push(known(&tuned.program));
    }
    reached
}

fn near(reached: f64, expected: f64) -> bool {
    (reached - expected).abs() < 1e-9
}

#[tokio::test]
async fn joint_and_alternating_find_the_optimum_and_sequential_what_helps_alone() {
    let joint = reached(OptimizationStrategy::Joint).await;
    assert!(joint.iter().all(|one| near(*one, BEST)), "{joint:?}");
    let alternating = reached(OptimizationStrategy::Alternating { passes: 3 }).await;
    assert!(
        alternating.iter().all(|one| near(*one, BEST)),
        "{alternating:?}"
    );
    // Sources help nothing before the summary cites them.
    let sequential = reached(OptimizationStrategy::Sequential).await;
    assert!(
        sequential.iter().all(|one| near(*one, 0.5)),
        "{sequential:?}"
    );
}

/// What makes the notes best makes the whole worse than it was, which optimizing each node by itself cannot see.
#[tokio::test]
async fn the_best_prompt_of_a_node_by_itself_is_bad_for_the_whole() {
    let has_thorough = |_: &Research, said: &ResearchOutput| said.notes.contains("thorough");
    let alone = Predict::<Research>::new(Scripted::new(|request: &ChatRequest| reply(0, request)));
    let row = |number| Research {
        topic: format!("case {number} "),
        notes: String::new(),
    };
    let part = |from: u64| Dataset::from_vec((from..from + 10).map(row).collect());
    let rows = Splits::builder()
        .train(part(0))
        .val(part(10))
        .build()
        .expect("two parts");
    let tune = BetterTogether::new(has_thorough).then(TellAll);
    let run = Run::in_memory().install(Install::Always);
    let tuned = tune.optimize(&alone, &rows, &run).await.expect("it ends");
    let told = told(&tuned.program);
    assert_eq!(told, "Be thorough.");
    assert!(near(accuracy(&told), 0.1), "0.3 without it");
}

#[tokio::test]
async fn the_report_says_what_each_change_is_worth() {
    let tuned = tuned(1, OptimizationStrategy::Joint, Run::in_memory()).await;
    let remarks = tuned.report.remarks.join("\n");
    for path in ["research", "summary", "conclusion"] {
        let line = format!("the change of `{path}` is worth +0.");
        assert!(remarks.contains(&line), "{remarks}");
    }
    assert!(
        tuned.verdict.expect("a verdict").is_better(),
        "0.3 to 0.8 on 100 rows"
    );
}

/// Changes all predictors at once, one of them for the worse.
struct TellOnce;

impl<M: Module, E: Example<M::Input>> Search<M, E> for TellOnce {
    fn name(&self) -> &'static str {
        "TellOnce"
    }

    fn settings(&self) -> Value {
        json!({})
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        let mut state = study.student().state();
        for (path, word) in [
            ("research", "vague"),
            ("summary", "cite"),
            ("conclusion", "short"),
        ] {
            let predictor = state.predictors.entry(path.to_owned()).or_default();
            *predictor = predictor.clone().with_instructions(format!("Be {word}."));
        }
        let told = study.candidate("told", &state)?;
        study.evaluate(&told).await?;
        Ok(told)
    }
}

#[tokio::test]
async fn a_change_without_which_the_program_is_better_is_taken_back_and_the_report_is_of_the_result()
 {
    let tune = GraphOptimizer::new(is_right, OptimizationStrategy::Joint).inner(TellOnce);
    let run = Run::in_memory().install(Install::Always).without_verdict();
    let tuned = tune
        .optimize(&program(1), &data(), &run)
        .await
        .expect("it ends");
    assert!(near(known(&tuned.program), 0.5), "0.4 with `vague`");
    let remarks = tuned.report.remarks.join("\n");
    assert!(
        !remarks.contains("`research`"),
        "it is not changed: {remarks}"
    );
    for path in ["summary", "conclusion"] {
        let line = format!("the change of `{path}` is worth +0.");
        assert!(remarks.contains(&line), "{remarks}");
    }
}

#[tokio::test]
async fn a_frozen_predictor_stays_as_it_is_and_nobody_is_asked_for_its_texts() {
    let asked = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&asked);
    let proposer = Scripted::new(move |request: &ChatRequest| {
        count.fetch_add(1, Ordering::SeqCst);
        let query = request.turns[0].text();
        assert!(!query.contains("Collect notes."), "{query}");
        "[[ ## proposed_instruction ## ]]\nBe short.\n[[ ## proposed_prefix ## ]]\nAnswer:\n\n[[ ## completed ## ]]".to_owned()
    });
    let given = program(3);
    let before = given.state();
    let tune = GraphOptimizer::new(is_right, OptimizationStrategy::Joint)
        .inner(COPRO::stage().breadth(2).depth(1).proposer(proposer))
        .freeze("research")
        .freeze("summary");
    let run = Run::in_memory().install(Install::Always).without_verdict();
    let tuned = tune.optimize(&given, &data(), &run).await.expect("it ends");
    let after = tuned.program.state();
    for path in ["research", "summary"] {
        assert_eq!(after.predictors[path], before.predictors[path]);
    }
    assert!(near(known(&tuned.program), 0.4), "the answer is short");
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "one proposal, for the conclusion"
    );
}

#[tokio::test]
async fn a_path_that_is_not_there_and_nothing_to_improve_are_errors() {
    let error = |tune: GraphOptimizer<_, TellAll>| async move {
        let tuned = tune.optimize(&program(0), &data(), &Run::in_memory()).await;
        tuned.expect_err("it cannot work").to_string()
    };
    let tune = || GraphOptimizer::new(is_right, OptimizationStrategy::Sequential).inner(TellAll);
    let unknown = error(tune().freeze("reserch")).await;
    assert!(
        unknown.contains("is to freeze `reserch`, and the predictors of the program are research, summary, conclusion"),
        "{unknown}"
    );
    let all = error(
        tune()
            .freeze("research")
            .freeze("summary")
            .freeze("conclusion"),
    )
    .await;
    assert!(all.contains("no predictor to improve"), "{all}");
    let never = OptimizationStrategy::Alternating { passes: 0 };
    let never = error(tune().strategy(never)).await;
    assert!(never.contains("0 passes; give it 1 or more"), "{never}");
}

#[tokio::test]
async fn a_pass_that_gains_nothing_is_the_last() {
    #[derive(Clone, Debug, Default)]
    struct Passes(Arc<AtomicU64>);
    impl Observer for Passes {
        fn on_event(&self, event: &Event) {
            if let Event::FromSearch(event) = event
                && let Some(GraphNews::NoGain { pass, .. }) = event.downcast_ref::<GraphNews>()
            {
                self.0.store(*pass as u64, Ordering::SeqCst);
            }
        }
    }
    let passes = Passes::default();
    let run = Run::in_memory().observer(passes.clone()).without_verdict();
    tuned(1, OptimizationStrategy::Alternating { passes: 9 }, run).await;
    // The first finds `cite` and `short`, the second `sources`, the third nothing.
    assert_eq!(passes.0.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn runs_are_equal_at_any_concurrency_and_after_a_budget_that_ended_early() {
    let folder = |_: usize| tempdir().expect("a folder");
    let (one, many, cut) = (folder(1), folder(64), folder(0));
    let strategy = OptimizationStrategy::Alternating { passes: 2 };
    tuned(1, strategy, Run::folder(one.path()).concurrency(1)).await;
    tuned(1, strategy, Run::folder(many.path()).concurrency(64)).await;
    assert_eq!(files(one.path()), files(many.path()));
    let short = Run::folder(cut.path())
        .budget(Budget::calls(1_000))
        .without_verdict();
    let ended = tuned(1, strategy, short).await;
    assert!(ended.report.ledger.total().calls <= 1_000);
    assert!(known(&ended.program) >= 0.3, "the best so far is kept");
}
