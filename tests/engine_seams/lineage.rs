//! What the files of a run say about its candidates, and rows that are run once.

use dashoptimize::engine::{Decision, Evidence};
use dashoptimize::evaluate::Score;

use super::*;

type Looks = Arc<AtomicUsize>;

/// A search that makes a child of a child, decides on both, and looks at rows again and again.
fn breeding()
-> Searching<Node, impl for<'a, 'b> Fn(&'a Study<'b, Node, Quiz>) -> Found<'a, Node> + Send + Sync>
{
    searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let mut state = study.student().state();
            let demos = study.train()[..4].iter().map(demo_of).collect();
            state.set_demos("quiz", demos, None);
            let child = study.candidate("four demos", &state)?;
            let rows = [4, 0, 2];
            let trials = rows.map(|row| Trial::on_train(&child, row));
            let outcomes = study.outcomes(&trials).await?;
            let reason = format!("{} rows", outcomes.len());
            let decision = Decision::admitted(&child, "always", reason);
            study.decide(decision.evidence(Evidence::train(rows)))?;
            study.evaluate(&child).await?;
            let told = instructed(child.program(), "Say it.");
            let grandchild = study.candidate("four demos, told", &told)?;
            let grandchild = grandchild.with_parents([&child, study.base()]);
            study.decide(Decision::rejected(&grandchild, "never", "it is the second"))?;
            Ok(child)
        })
    })
}

fn lines(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("events.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn candidate(folder: &Path, name: &str) -> Value {
    let text = fs::read_to_string(folder.join("candidates").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn the_log_says_where_candidates_come_from_and_why_they_go_on() {
    let folder = tempdir().unwrap();
    let run = Run::folder(folder.path());
    let tuned = optimize(&breeding(), Learner::default(), [6, 10, 60], run)
        .await
        .unwrap();
    assert!(tuned.installed);

    let (given, child, grandchild) = (
        candidate(folder.path(), "0000.json"),
        candidate(folder.path(), "0001.json"),
        candidate(folder.path(), "0002.json"),
    );
    assert_eq!(
        (&given["parents"], &child["parents"]),
        (&json!([]), &json!([0]))
    );
    assert_eq!(
        (&child["v"], &child["candidate"], &child["origin"]),
        (&json!(1), &json!(1), &json!("four demos"))
    );
    assert_eq!(grandchild["parents"], json!([1, 0]));
    let state: State = serde_json::from_value(child["state"].clone()).unwrap();
    assert_eq!(
        state, tuned.tuned,
        "the state of the file is the one that was tuned"
    );

    let lines = lines(folder.path());
    let said: Vec<_> = lines
        .iter()
        .map(|line| {
            let text = |key: &str| line[key].as_str().unwrap().to_owned();
            (
                line["candidate"].as_u64().unwrap(),
                text("decision"),
                text("rule"),
            )
        })
        .collect();
    let expected = [
        (0, "measured", "validation"),
        (1, "admitted", "always"),
        (1, "measured", "validation"),
        (2, "rejected", "never"),
        (1, "chosen", "search"),
        (1, "installed", "verdict"),
    ];
    let expected = expected.map(|(id, decision, rule)| (id, decision.to_owned(), rule.to_owned()));
    assert_eq!(said, expected);
    for (number, line) in lines.iter().enumerate() {
        assert_eq!((&line["v"], &line["n"]), (&json!(1), &json!(number)));
        assert_eq!((&line["stage"], &line["texts"]), (&Value::Null, &json!({})));
        let file = candidate(folder.path(), &format!("{:04}.json", said[number].0));
        assert_eq!(
            (&line["state"], &line["parents"]),
            (&file["state_id"], &file["parents"])
        );
    }
    assert_eq!(
        lines[1]["evidence"],
        json!([{ "part": "train", "rows": "0, 2, 4" }])
    );
    assert_eq!(lines[1]["reason"], "3 rows");
    assert_eq!(
        lines[2]["evidence"],
        json!([{ "part": "val", "rows": "0-9" }])
    );
    assert_eq!(
        lines[5]["evidence"],
        json!([{ "part": "holdout", "rows": "0-59" }])
    );
}

#[tokio::test]
async fn the_log_of_an_interrupted_run_is_that_of_one_that_was_not() {
    let whole = tempdir().unwrap();
    let run = || Run::folder(whole.path()).concurrency(1);
    optimize(&breeding(), Learner::default(), [6, 10, 20], run())
        .await
        .unwrap();
    let expected = crate::support::run_folder::files(whole.path());
    assert!(
        expected
            .iter()
            .any(|(name, _)| name == "candidates/0002.json")
    );
    assert!(expected.iter().any(|(name, _)| name == "events.jsonl"));
    for dies_at in [0, 5, 12, 17, 30, 50] {
        let folder = tempdir().unwrap();
        let run = Run::folder(folder.path()).concurrency(64);
        let breeding = breeding();
        let dying = optimize(
            &breeding,
            Learner::dying_at(dies_at),
            [6, 10, 20],
            run.clone(),
        );
        let dying = tokio::time::timeout(std::time::Duration::from_millis(200), dying);
        assert!(
            dying.await.is_err(),
            "it was to be interrupted at call {dies_at}"
        );
        // What an attempt that made other candidates may have left.
        fs::create_dir_all(folder.path().join("candidates")).unwrap();
        fs::write(folder.path().join("candidates/0077.json"), "{}").unwrap();
        optimize(&breeding, Learner::default(), [6, 10, 20], run)
            .await
            .unwrap();
        assert_eq!(
            crate::support::run_folder::files(folder.path()),
            expected,
            "{dies_at}"
        );
    }
}

/// A metric that counts how often it judges, with an objective and words about a predictor.
fn counting(looks: &Looks) -> impl Metric<Quiz, Quiz> + 'static {
    let looks = Arc::clone(looks);
    MetricFn::new(move |gold: &Quiz, said: &Quiz| {
        looks.fetch_add(1, Ordering::SeqCst);
        let score = Score::new(f64::from(u8::from(gold.answer == said.answer)));
        score.map(|score| {
            score
                .with_feedback("it is about words")
                .with_feedback_for("quiz", format!("it is {}", gold.answer))
                .with_objective("length", 4.0)
        })
    })
}

#[tokio::test]
async fn a_row_is_run_and_judged_once_for_all_who_ask_for_its_outcome() {
    let looks = Looks::default();
    let optimizer = searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let one = study.candidate("told", &instructed(study.student(), "Say it."))?;
            let twin = study.candidate("told again", &instructed(study.student(), "Say it."))?;
            let on = |row| Trial::on_train(&one, row);
            let trials = [
                on(2),
                on(0),
                Trial::on_train(&twin, 2),
                on(2).sample(1),
                on(2),
            ];
            let first = study.outcomes(&trials).await?;
            let rows: Vec<usize> = first.iter().map(|outcome| outcome.row()).collect();
            assert_eq!(rows, [2, 0, 2, 2, 2], "in the order of the trials");
            study.outcomes(&trials).await?;
            let wanted = format!("it is {}", study.train()[2].answer);
            assert_eq!(first[0].feedback_for("quiz"), Some(&*wanted));
            assert_eq!(first[0].feedback_for("other"), Some("it is about words"));
            assert_eq!(first[0].objective("length"), Some(4.0));

            // Three rows of the training part so far, then the validation part by way of an evaluation.
            let measured = study.evaluate(&one).await?.measured;
            let on_val: Vec<_> = (0..5).map(|row| Trial::on_val(&twin, row)).collect();
            let outcomes = study.outcomes(&on_val).await?;
            let scores: Vec<_> = outcomes.iter().map(|outcome| outcome.score()).collect();
            assert_eq!(scores, measured.scores().collect::<Vec<_>>());
            for outcome in &outcomes {
                assert_eq!(outcome.objective("length"), Some(4.0));
                assert_eq!(
                    outcome.feedback_for("quiz"),
                    None,
                    "nothing to show a proposer"
                );
            }
            Ok(one)
        })
    });
    let optimizer = optimizer.metric(counting(&looks));
    let lm = Learner::default();
    optimize(&optimizer, lm.clone(), [4, 5, 0], Run::in_memory())
        .await
        .unwrap();
    let expected = 3 + 5 + 5;
    assert_eq!((lm.calls(), looks.load(Ordering::SeqCst)), (expected, 13));
}

#[tokio::test]
async fn rows_that_show_other_demos_are_other_rows() {
    let optimizer = searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let mut state = study.student().state();
            state.set_demos(
                "quiz",
                study.train()[..1].iter().map(demo_of).collect(),
                None,
            );
            let one = study.candidate("a demo", &state)?;
            let sources = std::collections::BTreeMap::from([(
                "quiz".to_owned(),
                vec![DemoSource::labelled(3)],
            )]);
            let other = study
                .candidate("a demo of row 3", &state)?
                .with_sources(sources);
            assert_eq!(one, other, "the states are equal");
            let trials = [Trial::on_train(&one, 3), Trial::on_train(&other, 3)];
            study.outcomes(&trials).await?;
            Ok(study.base().clone())
        })
    });
    let lm = Learner::default();
    optimize(&optimizer, lm.clone(), [4, 5, 0], Run::in_memory())
        .await
        .unwrap();
    assert_eq!(lm.calls(), 5 + 2, "with the demo and without it");
}

#[tokio::test]
async fn an_objective_that_cannot_be_compared_fails_the_judgement() {
    for value in [f64::NAN, f64::INFINITY] {
        let metric = MetricFn::new(move |gold: &Quiz, said: &Quiz| {
            let score = Score::new(f64::from(u8::from(gold.answer == said.answer)));
            score.map(|score| score.with_objective("length", value))
        });
        let optimizer = idle().metric(metric);
        let tuned = optimize(&optimizer, Learner::default(), [3, 30, 0], Run::in_memory()).await;
        let error = tuned.expect_err("no row can be judged").to_string();
        assert!(
            error.contains("the objective `length` must be a finite number"),
            "{error}"
        );
    }
}
