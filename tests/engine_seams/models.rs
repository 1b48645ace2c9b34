//! Models of optimizers and metrics: priced, declared, and part of what makes a run this run.

use super::*;

#[tokio::test]
async fn i3_an_unpriced_judge_is_refused_before_anything_is_paid() {
    let (program, judge) = (priced("program"), unpriced("judge"));
    let run = || Run::in_memory().budget(Budget::usd(1.0));
    let optimizer = idle().metric(judged_by(judge.clone()));
    let error = optimize(&optimizer, program.clone(), [3, 3, 3], run());
    let error = error.await.unwrap_err();
    assert!(error.to_string().contains("price of `judge`"), "{error}");

    let metric = judged_by(judge.clone());
    let stop = run()
        .evaluate(&node(program.clone()), &[row(1)], &metric)
        .await
        .unwrap_err();
    assert!(stop.to_string().contains("price of `judge`"), "{stop}");
    assert_eq!((program.calls(), judge.calls()), (0, 0));

    // A budget of calls needs no price.
    let calls = Run::in_memory().budget(Budget::calls(100));
    let optimizer = idle().metric(judged_by(judge.clone()));
    optimize(&optimizer, program, [3, 3, 3], calls)
        .await
        .unwrap();
    assert!(judge.calls() > 0);
}

#[tokio::test]
async fn i3_an_unpriced_model_of_an_optimizer_is_refused_before_anything_is_paid() {
    let (program, proposer) = (priced("program"), unpriced("proposer"));
    let run = || Run::in_memory().budget(Budget::usd(1.0));
    let optimizer = idle().model(proposer.clone());
    let error = optimize(&optimizer, program.clone(), [3, 3, 3], run());
    let error = error.await.unwrap_err();
    assert!(error.to_string().contains("price of `proposer`"), "{error}");

    // The models of a stage are those of its pipeline.
    let stages = BetterTogether::new(is_right)
        .then(LabeledFewShot::stage())
        .then(BetterTogether::stage().then(idle().model(proposer.clone())));
    let error = optimize(&stages, program.clone(), [3, 3, 3], run());
    let error = error.await.unwrap_err();
    assert!(error.to_string().contains("price of `proposer`"), "{error}");
    assert_eq!((program.calls(), proposer.calls()), (0, 0));
}

/// Runs in a folder that another run was made in. Returns what differs.
async fn differs(
    folder: &Path,
    one: &impl Optimizer<Node, Quiz>,
    other: &impl Optimizer<Node, Quiz>,
) -> String {
    let lm = priced("program");
    let run = || Run::folder(folder);
    optimize(one, lm.clone(), [3, 3, 3], run()).await.unwrap();
    optimize(one, lm.clone(), [3, 3, 3], run())
        .await
        .expect("the same run is resumed");
    let calls = lm.calls();
    let error = optimize(other, lm.clone(), [3, 3, 3], run()).await;
    assert_eq!(lm.calls(), calls, "refused before the first call");
    let error = error.unwrap_err().to_string();
    let differs = error.split("holds another run: ").nth(1);
    let differs = differs.and_then(|words| words.split("; use another folder").next());
    differs.expect("the error says what differs").to_owned()
}

#[tokio::test]
async fn i5_a_run_is_resumed_only_with_the_same_metric_and_models() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let judged = |id: &str| idle().metric(judged_by(priced(id)));
    let changed = differs(&path("judge"), &judged("judge"), &judged("other judge")).await;
    assert_eq!(
        changed,
        "the models of the metric differ (was [\"judge\"], now [\"other judge\"])"
    );

    let named = |name: &'static str, version| {
        idle().metric(Metric::<Quiz, Quiz>::named(is_right, name, version))
    };
    let changed = differs(&path("version"), &named("right", 1), &named("right", 2)).await;
    assert_eq!(changed, "the version of the metric differs (was 1, now 2)");
    let changed = differs(&path("name"), &named("right", 1), &named("same", 1)).await;
    assert_eq!(
        changed,
        "the name of the metric differs (was \"right\", now \"same\")"
    );

    let ranged = |worst| {
        let range = ScoreRange::new(worst, 1.0).unwrap();
        idle().metric(Metric::<Quiz, Quiz>::with_range(is_right, range))
    };
    let changed = differs(&path("range"), &ranged(0.0), &ranged(-1.0)).await;
    assert_eq!(
        changed,
        "the range of the metric differs (was [0.0,1.0], now [-1.0,1.0])"
    );

    let proposing = |id: &str| idle().model(priced(id));
    let changed = differs(&path("model"), &proposing("teacher"), &proposing("other")).await;
    assert_eq!(
        changed,
        "the models of the optimizer differ (was [\"teacher\"], now [\"other\"])"
    );
}

#[tokio::test]
async fn the_artifact_names_all_models_that_were_called() {
    let optimizer = idle()
        .metric(judged_by(priced("judge")))
        .model(priced("proposer"));
    let tuned = optimize(&optimizer, priced("program"), [3, 3, 3], Run::in_memory());
    let tuned = tuned.await.unwrap();
    let models = &tuned.artifact.provenance().unwrap().models;
    assert_eq!(*models, ["judge", "program", "proposer"]);
}

/// A search that runs one trial on another model.
fn taught_by(
    lm: Scripted,
) -> Searching<Node, impl for<'a, 'b> Fn(&'a Study<'b, Node, Quiz>) -> Found<'a, Node> + Send + Sync>
{
    searching(move |study: &Study<'_, Node, Quiz>| {
        let base = study.base().clone();
        let trial = Trial::on_train(&base, 0).lm(lm.clone());
        Box::pin(async move {
            study.rollouts(&[trial]).await?;
            Ok(base)
        })
    })
}

#[tokio::test]
async fn a_teacher_is_another_model_that_the_optimizer_declares() {
    let (program, teacher) = (priced("program"), priced("teacher"));
    let run = Run::in_memory;
    let undeclared = taught_by(teacher.clone());
    let error = optimize(&undeclared, program.clone(), [3, 3, 0], run());
    let error = error.await.unwrap_err();
    assert!(
        matches!(&*error.stop, Stop::UndeclaredModel(model) if model == "teacher"),
        "{error}"
    );
    assert_eq!(teacher.calls(), 0);

    let declared = taught_by(teacher.clone()).model(teacher.clone());
    let calls = program.calls();
    optimize(&declared, program.clone(), [3, 3, 0], run())
        .await
        .unwrap();
    assert_eq!(teacher.calls(), 1);
    assert_eq!(program.calls(), calls + 3, "only the validation rows");
}

/// A search that asks a model for instructions, several times.
fn proposing(
    lm: Scripted,
    samples: u32,
) -> Searching<Node, impl for<'a, 'b> Fn(&'a Study<'b, Node, Quiz>) -> Found<'a, Node> + Send + Sync>
{
    let proposer = node(lm.clone());
    searching(move |study: &Study<'_, Node, Quiz>| {
        let proposer = proposer.clone();
        Box::pin(async move {
            let mut states = Vec::new();
            for sample in 0..samples {
                let input = Quiz {
                    question: "which instructions?".to_owned(),
                    answer: String::new(),
                };
                let said = study
                    .ask(Purpose::Propose, &proposer, input, sample)
                    .await?;
                if let Ok(said) = said {
                    let origin = format!("proposal {sample}");
                    states.push((origin, instructed(study.student(), &said.answer)));
                }
            }
            let candidates = study.candidates(&states)?;
            study.evaluate_all(&candidates).await?;
            Ok(study.best().unwrap_or_else(|| study.base().clone()))
        })
    })
    .model(lm)
}

#[tokio::test]
async fn an_optimizer_asks_models_of_its_own_within_the_run() {
    let folder = tempdir().unwrap();
    let said = |request: &ChatRequest| match request.sample {
        // A failed proposal does not end the search.
        1 => Err(LmError::new(LmErrorKind::InvalidRequest, "not this one")),
        sample => Ok(format!(
            "[[ ## answer ## ]]\nAnswer with the word, {sample}."
        )),
    };
    let proposer = Scripted::new(said).with_id("proposer");
    let run = || Run::folder(folder.path());
    let optimizer = proposing(proposer.clone(), 3);
    let tuned = optimize(&optimizer, Learner::default(), [3, 5, 0], run());
    let tuned = tuned.await.unwrap();
    let origins = tuned.report.tried.iter().map(|tried| &*tried.origin);
    assert_eq!(
        origins.collect::<Vec<_>>(),
        ["the program as given", "proposal 0", "proposal 2"]
    );
    let ledger = &tuned.report.ledger;
    assert_eq!(ledger.for_purpose(Purpose::Propose).calls, 3);
    assert_eq!(ledger.total().calls, 3 + 3 * 5);

    let again = optimize(&optimizer, Learner::default(), [3, 5, 0], run());
    assert_eq!(again.await.unwrap().tuned, tuned.tuned);
    assert_eq!(proposer.calls(), 3, "a resumed run pays nothing twice");

    let limited = Run::in_memory().budget(Budget::calls(7));
    let cut = optimize(&optimizer, Learner::default(), [3, 5, 0], limited);
    assert!(matches!(cut.await.unwrap().report.ended, Ended::Budget(_)));
}
