//! What a search finds.

use std::collections::BTreeSet;
use std::fs;

use dashoptimize::evaluate::Score;
use dashoptimize::optimizer::{Acceptance, Frontier, ParentSelection};
use dashoptimize::state::{PredictorState, State};
use serde_json::Value;
use tempfile::tempdir;

use super::pupil::{number, proposing, rule, with_rule};
use super::*;
use crate::support::quiz::row;

#[tokio::test]
async fn texts_that_are_better_on_training_rows_are_kept_until_all_rows_are_right() {
    let run = Run::in_memory();
    let program = node_of(pupil(4));
    let (before, data) = (program.state(), splits(12, 8, 0));
    let optimizer = GEPA::new(judge(4))
        .proposer(teacher())
        .max_metric_calls(400);
    let tuned = optimizer.optimize(&program, &data, &run).await.unwrap();
    assert_eq!(tuned.final_score(), Some(1.0));
    for kind in 0..4 {
        assert!(instructions(&tuned).contains(&rule(kind)));
    }
    assert_eq!(program.state(), before, "the student is never changed");

    let again = Run::in_memory();
    let rows = data.val().iter().cloned().collect();
    let rows = dashoptimize::evaluate::Dataset::from_vec_serde(rows).unwrap();
    let best = program.with_state(&tuned.tuned).unwrap();
    let (evaluation, _) = again.evaluate(&best, &rows, &judge(4)).await.unwrap();
    assert_eq!(evaluation.measured.score(), tuned.final_score());
}

#[tokio::test]
async fn proposers_that_do_nothing_or_write_anything_find_nothing() {
    let idle = proposing(|input| input.text.clone());
    let random = proposing(|input| format!("Be at your best. {}", input.runs.len()));
    for teacher in [idle, random] {
        let tuned = search_with(pupil(4), teacher, |gepa| gepa, Run::in_memory())
            .await
            .unwrap();
        assert_eq!(tuned.final_score(), Some(0.0));
    }
}

#[tokio::test]
async fn every_way_to_choose_parents_finds_the_rules() {
    for set in [
        (|gepa| gepa.parent_selection(ParentSelection::CurrentBest)) as Set,
        |gepa| gepa.parent_selection(ParentSelection::TopKPareto { k: 2 }),
        |gepa| gepa.parent_selection(ParentSelection::EpsilonGreedy { epsilon: 0.1 }),
        |gepa| gepa.acceptance(Acceptance::ImprovementOrEqual),
        |gepa| gepa.use_merge(true).num_generations(9),
        |gepa| gepa.original().max_metric_calls(600),
    ] {
        let tuned = search(set, Run::in_memory()).await.unwrap();
        assert_eq!(tuned.final_score(), Some(1.0));
    }
}

/// With two parents and two proposals a generation, all improvements are kept.
#[tokio::test]
async fn a_generation_keeps_all_children_that_are_better() {
    let news = News::default();
    let run = Run::in_memory().observer(news.clone());
    let tuned = search(|gepa| gepa.num_generations(1), run).await.unwrap();
    let admitted = tuned.report.tried.len() - 1;
    assert!(admitted > 1, "{admitted}");
    let expected = "generation 1: ";
    let told = news
        .of_search()
        .iter()
        .map(ToString::to_string)
        .find(|news| news.starts_with(expected));
    assert!(told.is_some_and(|told| told.contains(&format!("{admitted} of "))));

    let one = |gepa: GEPA<_>| gepa.original().num_generations(1);
    let tuned = search(one, Run::in_memory()).await.unwrap();
    assert_eq!(tuned.report.tried.len(), 2, "one child of one parent");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_search_and_another_one_another() {
    let of = async |seed: u64| {
        let lm = Lm::new(teacher());
        let optimizer = GEPA::new(judge(4))
            .proposer(lm)
            .max_metric_calls(60)
            .seed(seed);
        let program = node_of(pupil(4));
        let run = Run::in_memory().seed(9);
        let tuned = optimizer
            .optimize(&program, &splits(12, 8, 0), &run)
            .await
            .unwrap();
        let tried = tuned.report.tried.iter();
        tried
            .map(|tried| tried.origin.clone())
            .collect::<Vec<_>>()
            .join("\n")
            + &instructions(&tuned)
    };
    assert_eq!(of(42).await, of(42).await);
    assert_eq!(of(0).await, of(0).await, "0 is a seed");
    let all: BTreeSet<String> = [of(0).await, of(1).await, of(2).await, of(42).await].into();
    assert!(all.len() > 1);
}

#[tokio::test]
async fn a_search_starts_from_all_states_of_its_initial_population() {
    let told = |kind: usize| {
        let state =
            PredictorState::default().with_instructions(format!("Answer by {}", rule(kind)));
        State::from_iter([("quiz", state)])
    };
    let optimizer = GEPA::new(judge(4))
        .proposer(proposing(|input| input.text.clone()))
        .initial_population([told(0), told(1), told(0)])
        .num_generations(0);
    let program = node_of(pupil(4));
    let run = Run::in_memory();
    let tuned = optimizer
        .optimize(&program, &splits(12, 8, 0), &run)
        .await
        .unwrap();
    let origins: Vec<&str> = tuned
        .report
        .tried
        .iter()
        .map(|tried| &*tried.origin)
        .collect();
    assert_eq!(
        origins,
        [
            "the program as given",
            "initial population, 1",
            "initial population, 2"
        ]
    );
    assert_eq!(tuned.final_score(), Some(0.25));
}

/// On one objective long instructions are good, on the other short ones.
#[tokio::test]
async fn candidates_are_compared_on_objectives_where_that_is_asked_for() {
    let metric = |gold: &Quiz, said: &Quiz| {
        let (is_right, feedback) = judge(4)(gold, said);
        let value = f64::from(u8::from(is_right));
        let score = Score::new(value).unwrap().with_feedback(feedback);
        let is_even = number(&gold.question).is_multiple_of(2);
        score.with_objective(if is_even { "even" } else { "odd" }, value)
    };
    for frontier in [Frontier::Objective, Frontier::Hybrid, Frontier::Cartesian] {
        let optimizer = GEPA::new(metric)
            .proposer(teacher())
            .max_metric_calls(400)
            .frontier(frontier);
        let program = node_of(pupil(4));
        let run = Run::in_memory();
        let tuned = optimizer
            .optimize(&program, &splits(12, 8, 0), &run)
            .await
            .unwrap();
        assert_eq!(tuned.final_score(), Some(1.0), "{frontier:?}");
    }
    let error = search(|gepa| gepa.frontier(Frontier::Hybrid), Run::in_memory())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("`Score::with_objective`"),
        "{error}"
    );
}

#[tokio::test]
async fn evidence_is_asked_for_on_more_rows_than_the_minibatch() {
    let folder = tempdir().unwrap();
    let set: Set = |gepa| {
        let acceptance = Acceptance::Evidence {
            level: 0.3,
            rows: 12,
            repeats: 2,
        };
        gepa.acceptance(acceptance).max_metric_calls(2_000)
    };
    let tuned = search(set, Run::folder(folder.path())).await.unwrap();
    assert_eq!(tuned.final_score(), Some(1.0));
    let events = fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let lines = events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let decided: Vec<Value> = lines.filter(|line| line["rule"] == "evidence").collect();
    assert!(!decided.is_empty());
    for line in decided.iter().filter(|line| line["decision"] == "admitted") {
        let reason = line["reason"].as_str().unwrap();
        assert!(reason.contains("on 12 rows, p 0."), "{reason}");
        assert!(reason.contains("noise explains"), "{reason}");
        assert_eq!(line["evidence"][0]["rows"], "0-11");
    }
}

/// A row is right with a probability of a half, whatever the instructions.
#[tokio::test]
async fn evidence_lets_less_noise_in_than_the_rule_of_the_source() {
    let admitted = async |acceptance: Acceptance| {
        let metric = |gold: &Quiz, said: &Quiz| {
            let mixed = number(&gold.question) * 7
                + said.answer.len() * 13
                + said.answer.bytes().map(usize::from).sum::<usize>();
            mixed.is_multiple_of(2)
        };
        let noisy = Scripted::new(|request: &dashoptimize::lm::ChatRequest| {
            let text = request.prefix.messages()[0].text();
            let sum: usize = text
                .bytes()
                .enumerate()
                .map(|(i, b)| i * usize::from(b))
                .sum();
            let number = number(request.turns[0].text());
            format!("[[ ## answer ## ]]\n{}", row(sum * 31 + number * 17).answer)
        });
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let teacher = proposing(move |input| {
            let asked = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            format!("{} {asked}", input.text)
        });
        let optimizer = GEPA::new(metric)
            .proposer(teacher)
            .acceptance(acceptance)
            .max_metric_calls(3_000)
            .num_generations(10)
            .max_full_evals(None);
        let run = Run::in_memory().concurrency(1);
        let tuned = optimizer
            .optimize(&node_of(noisy), &splits(20, 8, 0), &run)
            .await
            .unwrap();
        tuned.report.tried.len() - 1
    };
    let (source, evidence) = (
        admitted(Acceptance::StrictImprovement).await,
        admitted(Acceptance::EVIDENCE).await,
    );
    assert!(
        source >= 5 && evidence * 3 <= source,
        "{evidence} against {source}"
    );
}

/// The feedback of a saturated minibatch is replaced by that of rows that are not right yet.
#[tokio::test]
async fn a_saturated_minibatch_draws_hard_rows() {
    // One of 12 training rows needs the rule, and two of 8 validation rows.
    let metric = |gold: &Quiz, said: &Quiz| {
        let is_hard = [5, 13, 17].contains(&number(&gold.question));
        let is_right = !is_hard || said.answer == row(number(&gold.question)).answer;
        (is_right, if is_right { "right" } else { "add rule 1;" })
    };
    let tuned = async |hard_rows: bool| {
        let optimizer = GEPA::new(metric)
            .proposer(teacher())
            .hard_rows(hard_rows)
            .parents(1)
            .proposals(1)
            .num_generations(1)
            .seed(3);
        let program = node_of(pupil(2));
        let run = Run::in_memory();
        optimizer
            .optimize(&program, &splits(12, 8, 0), &run)
            .await
            .unwrap()
    };
    // The first minibatch of this seed does not have the hard row.
    assert_eq!(tuned(false).await.final_score(), Some(0.75));
    assert_eq!(tuned(true).await.final_score(), Some(1.0));
}

#[tokio::test]
async fn a_search_with_nothing_left_to_learn_says_so_and_ends() {
    let news = News::default();
    // All training rows are right, and not all validation rows.
    let metric = |gold: &Quiz, _: &Quiz| number(&gold.question) < 15;
    let optimizer = GEPA::new(metric)
        .proposer(teacher())
        .max_metric_calls(400)
        .num_generations(None);
    let run = Run::in_memory().observer(news.clone());
    optimizer
        .optimize(&node_of(pupil(4)), &splits(12, 8, 0), &run)
        .await
        .unwrap();
    let told: Vec<String> = news.of_search().iter().map(ToString::to_string).collect();
    let expected =
        "candidate 0 has the best score on every training row: nothing is left to learn from";
    assert!(told.iter().any(|told| told == expected), "{told:?}");
    assert_eq!(news.end(), "`max_idle_generations` is reached: 5");
}

/// Two rules for two predictors are found separately, and a merge has both.
#[tokio::test]
async fn a_merge_has_the_texts_of_both_parents() {
    let folder = tempdir().unwrap();
    let set: Set = |gepa| {
        gepa.use_merge(true)
            .optimize_descriptions()
            .num_generations(3)
            .max_metric_calls(2_000)
    };
    // Half of the kinds are learned from the instructions, the others from the description of the answer.
    let teacher = proposing(|input| {
        let rules: Vec<usize> = (0..4)
            .filter(|kind| input.runs.contains(&format!("add {}", rule(*kind))))
            .collect();
        let own = rules
            .into_iter()
            .find(|kind| match input.component.contains("description") {
                true => kind % 2 == 1,
                false => kind % 2 == 0,
            });
        own.map_or(input.text.clone(), |kind| {
            format!("{} {}", input.text, rule(kind))
        })
    });
    let tuned = search_with(pupil(4), teacher, set, Run::folder(folder.path()))
        .await
        .unwrap();
    let merged: Vec<_> = tuned
        .report
        .tried
        .iter()
        .filter(|tried| tried.origin.contains("merged"))
        .collect();
    assert!(
        !merged.is_empty(),
        "{:#?}",
        tuned
            .report
            .tried
            .iter()
            .map(|t| &t.origin)
            .collect::<Vec<_>>()
    );
    let events = fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let lines = events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let decided: Vec<Value> = lines.filter(|line| line["rule"] == "merge").collect();
    assert!(
        decided
            .iter()
            .all(|line| line["parents"].as_array().unwrap().len() == 2)
    );
    assert!(decided.iter().any(|line| line["decision"] == "admitted"));
    assert_eq!(decided[0]["evidence"][0]["part"], "val");
}

#[tokio::test]
async fn the_log_says_why_each_child_was_let_in_or_turned_away() {
    let folder = tempdir().unwrap();
    let tuned = search(|gepa| gepa, Run::folder(folder.path()))
        .await
        .unwrap();
    let events = fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let lines: Vec<Value> = events
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let by_rule = |decision: &str| {
        let lines = lines.iter();
        lines
            .filter(|line| line["rule"] == "strict improvement" && line["decision"] == decision)
            .count()
    };
    assert_eq!(by_rule("admitted"), tuned.report.tried.len() - 1);
    let child = lines
        .iter()
        .find(|line| line["rule"] == "strict improvement")
        .unwrap();
    let reason = child["reason"].as_str().unwrap();
    assert!(reason.starts_with("sum of scores 0 → "), "{reason}");
    assert!(reason.ends_with(" on 3 training rows"), "{reason}");
    assert_eq!(child["parents"], serde_json::json!([0]));
    let with_rules = with_rule(&super::pupil::inputs(&teacher_request().await));
    assert!(with_rules.contains("rule"), "{with_rules}");
}

/// The first request that a proposer is sent.
async fn teacher_request() -> dashoptimize::lm::ChatRequest {
    let teacher = teacher();
    search_with(
        pupil(4),
        teacher.clone(),
        |gepa| gepa.num_generations(1),
        Run::in_memory(),
    )
    .await
    .unwrap();
    teacher.requests()[0].clone()
}
