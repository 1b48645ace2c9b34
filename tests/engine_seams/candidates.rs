//! Candidates by their states, batches of them, and minibatches of trials.

use super::*;
use crate::support::run_folder::without_times;

#[tokio::test]
async fn equal_states_are_one_candidate_that_is_measured_once() {
    let judged = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&judged);
    let metric = move |gold: &Quiz, said: &Quiz| {
        count.fetch_add(1, Ordering::SeqCst);
        gold.answer == said.answer
    };
    let optimizer = searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let state = instructed(study.student(), "Say it.");
            let states = [
                ("one".to_owned(), state.clone()),
                ("as given".to_owned(), study.student().state()),
                ("another".to_owned(), state),
            ];
            let candidates = study.candidates(&states)?;
            assert_eq!(candidates[0], candidates[2]);
            assert_eq!(candidates[1], *study.base());
            assert_ne!(candidates[0], candidates[1]);
            let measured = study.evaluate_all(&candidates).await?;
            let one = study.evaluate(&candidates[0]).await?;
            let score = |i: usize| measured[i].measured.score();
            assert_eq!([score(0), score(2)], [one.measured.score(); 2]);
            Ok(candidates[2].clone())
        })
    });
    let lm = Learner::default();
    let optimizer = optimizer.metric(metric);
    let tuned = optimize(&optimizer, lm.clone(), [3, 10, 0], Run::in_memory())
        .await
        .unwrap();
    assert_eq!(lm.calls(), 20, "two states on ten rows");
    assert_eq!(judged.load(Ordering::SeqCst), 20, "judged as often");
    let tried = tuned.report.tried.iter();
    let tried: Vec<_> = tried
        .map(|tried| (tried.candidate, &*tried.origin))
        .collect();
    let expected = [
        (0, "the program as given"),
        (1, "one"),
        (2, "as given"),
        (3, "another"),
    ];
    assert_eq!(tried, expected);
}

/// Makes candidates, and evaluates all of them concurrently.
fn all_at_once()
-> Searching<Node, impl for<'a, 'b> Fn(&'a Study<'b, Node, Quiz>) -> Found<'a, Node> + Send + Sync>
{
    searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let with_demos = |demos: usize| {
                let mut state = study.student().state();
                let demos = study.train()[..demos].iter().map(demo_of).collect();
                state.set_demos("quiz", demos, None);
                (
                    format!(
                        "{demos} demos",
                        demos = state.predictors["quiz"].demos.len()
                    ),
                    state,
                )
            };
            let states = [5, 1, 3].map(with_demos);
            let candidates = study.candidates(&states)?;
            let ids: Vec<_> = candidates.iter().map(Candidate::id).collect();
            assert_eq!(ids, [1, 2, 3], "numbers are in the order of the states");
            study.evaluate_all(&candidates).await?;
            Ok(study.best().unwrap_or_else(|| study.base().clone()))
        })
    })
}

#[tokio::test]
async fn i4_candidates_that_are_evaluated_concurrently_are_in_their_order() {
    let folder = tempdir().unwrap();
    let mut written = Vec::new();
    for concurrency in [1, 5, 64] {
        let path = folder.path().join(concurrency.to_string());
        let run = Run::folder(&path).concurrency(concurrency);
        let lm = Learner::default();
        let tuned = optimize(&all_at_once(), lm.clone(), [6, 20, 10], run)
            .await
            .unwrap();
        assert_eq!(tuned.report.chosen, "5 demos");
        assert_eq!(lm.calls(), 4 * 20 + 2 * 10);
        let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
        written.push([
            read("artifact.json"),
            without_times(&read("results/0001-val.jsonl")),
            without_times(&read("results/0003-val.jsonl")),
        ]);
    }
    assert_eq!(written[0], written[1]);
    assert_eq!(written[0], written[2]);
}

#[tokio::test]
async fn i4_where_the_budget_ends_in_a_batch_none_of_it_counts() {
    for concurrency in [1, 64] {
        // 20 rows as given, and two and a half of the three candidates.
        let run = Run::in_memory()
            .budget(Budget::calls(70))
            .concurrency(concurrency);
        let tuned = optimize(&all_at_once(), Learner::default(), [6, 20, 0], run)
            .await
            .unwrap();
        assert!(matches!(tuned.report.ended, Ended::Budget(_)));
        assert_eq!(tuned.report.tried.len(), 1);
        assert_eq!(tuned.report.chosen, "the program as given");
    }
}

#[tokio::test]
async fn a_minibatch_has_scores_feedback_and_traces_of_several_candidates() {
    let metric = |gold: &Quiz, said: &Quiz| match gold.answer == said.answer {
        true => (1.0, String::new()),
        false => (0.0, format!("not {}, but {}", said.answer, gold.answer)),
    };
    let lm = Scripted::new(|request: &ChatRequest| {
        let told = request.prefix.messages()[0].text().contains("Say 1.");
        let answer = if told { row(1).answer } else { "x".to_owned() };
        format!("[[ ## answer ## ]]\n{answer}")
    });
    let optimizer = searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let base = study.base();
            let told = study.candidate("told", &instructed(study.student(), "Say 1."))?;
            let mut trials: Vec<_> = [0, 1].map(|row| Trial::on_train(base, row)).into();
            trials.extend([0, 1].map(|row| Trial::on_train(&told, row)));
            trials.push(Trial::on_val(&told, 0).sample(1).temperature(0.5));
            let rollouts = study.rollouts(&trials).await?;
            let scores: Vec<_> = rollouts.iter().map(Rollout::score).collect();
            assert_eq!(scores, [0.0, 0.0, 0.0, 1.0, 0.0].map(Some));
            let feedback = format!("not x, but {}", row(1).answer);
            assert_eq!(rollouts[1].feedback(), Some(&*feedback));
            let answered = rollouts[3].trace()[0].outputs();
            assert_eq!(answered.expect("outputs")["answer"], row(1).answer);
            assert!(rollouts.iter().all(|rollout| rollout.spend().calls == 1));
            let of = |range: std::ops::Range<usize>| Rollout::measure(&rollouts[range]).score();
            assert_eq!((of(0..2), of(2..4)), (Some(0.0), Some(0.5)));
            Ok(told)
        })
    });
    optimize(&optimizer.metric(metric), lm, [3, 3, 0], Run::in_memory())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_row_that_does_not_exist_is_a_clear_error() {
    let optimizer = searching(|study: &Study<'_, Node, Quiz>| {
        let trial = Trial::on_val(study.base(), 3);
        Box::pin(async move {
            study.rollouts(&[trial]).await?;
            Ok(study.base().clone())
        })
    });
    let error = optimize(&optimizer, Learner::default(), [5, 3, 0], Run::in_memory());
    let error = error.await.unwrap_err().to_string();
    assert_eq!(
        error,
        "bug in the optimizer: it asks for row 3 of the 3 rows of the val part"
    );
}
