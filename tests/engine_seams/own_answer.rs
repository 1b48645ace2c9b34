//! No training row is shown its own answer, whatever an optimizer does.

use super::*;

/// Shows all training rows as demos, says nothing about their sources, and runs on all training rows.
fn forgetful(
    nearest: Option<Nearest>,
) -> Searching<Node, impl for<'a, 'b> Fn(&'a Study<'b, Node, Quiz>) -> Found<'a, Node> + Send + Sync>
{
    searching(move |study: &Study<'_, Node, Quiz>| {
        let demos = study.train().iter().map(demo_of).collect();
        let mut state = study.student().state();
        state.set_demos("quiz", demos, nearest.clone());
        Box::pin(async move {
            let candidate = study.candidate("all rows", &state)?;
            let rows = 0..study.train().len();
            let trials: Vec<_> = rows.map(|row| Trial::on_train(&candidate, row)).collect();
            study.rollouts(&trials).await?;
            Ok(candidate)
        })
    })
}

#[tokio::test]
async fn i1_an_optimizer_that_forgets_shows_no_example_its_own_answer() {
    for nearest in [None, Some(Nearest::lexical(4))] {
        let lm = Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx").keeping_requests();
        optimize(
            &forgetful(nearest.clone()),
            lm.clone(),
            [6, 2, 0],
            Run::in_memory(),
        )
        .await
        .unwrap();
        let mut trained = 0;
        for request in lm.requests() {
            let messages: Vec<_> = request.messages().map(|m| m.text().to_owned()).collect();
            let (query, before) = messages.split_last().unwrap();
            assert!(!before.contains(query), "shown its own answer: {query}");
            let is_train = (0..6).any(|i| query.contains(&format!("number {i}?")));
            if is_train {
                trained += 1;
                let demos = (before.len() - 1) / 2;
                assert_eq!(demos, nearest.as_ref().map_or(5, |nearest| nearest.k));
            }
        }
        assert_eq!(trained, 6, "all training rows were asked");
    }
}

/// The demos of an inner predictor have no input that a row has. With their sources, the engine knows
/// them on its own.
#[tokio::test]
async fn i1_the_sources_of_a_candidate_say_what_its_demos_were_made_of() {
    let lm = chain::all_knowing();
    let optimizer = searching(|study: &Study<'_, Chain, Quiz>| {
        Box::pin(async move {
            let mut state = study.student().state();
            let hint = |i: usize| {
                let map = |name: &str, value: String| {
                    Map::from_iter([(name.to_owned(), Value::String(value))])
                };
                Demo::new(
                    map("hint", format!("hint {i}")),
                    map("answer", row(i).answer),
                )
            };
            state.set_demos("answer", (0..3).map(hint).collect(), None);
            let sources = [(
                "answer".to_owned(),
                [0, 1, 2].map(DemoSource::bootstrapped).into(),
            )]
            .into();
            let candidate = study.candidate("hints", &state)?.with_sources(sources);
            let trials: Vec<_> = (0..3).map(|row| Trial::on_train(&candidate, row)).collect();
            let rollouts = study.rollouts(&trials).await?;
            assert!(rollouts.iter().all(|rollout| rollout.score() == Some(1.0)));
            Ok(candidate)
        })
    });
    let program = Chain::new(lm.clone());
    optimizer
        .optimize(&program, &splits(3, 3, 0), &Run::in_memory())
        .await
        .unwrap();
    let mut with_demos = 0;
    for request in lm.requests() {
        let query = request.turns[0].text();
        let shown = &request.prefix.messages()[1..];
        assert!(
            shown.iter().all(|message| message.text() != query),
            "{query}"
        );
        with_demos += usize::from(shown.len() == 4);
    }
    assert_eq!(
        with_demos, 3,
        "each training row sees the demos of the others"
    );
}

#[tokio::test]
async fn a_row_without_a_demo_of_its_own_is_asked_as_it_is_deployed() {
    let lm = Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx").keeping_requests();
    let optimizer = searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let mut state = study.student().state();
            state.set_demos("quiz", vec![demo_of(&row(0)), demo_of(&row(1))], None);
            let candidate = study.candidate("two rows", &state)?;
            study.rollouts(&[Trial::on_train(&candidate, 2)]).await?;
            Ok(candidate)
        })
    });
    let tuned = optimize(&optimizer, lm.clone(), [3, 1, 0], Run::in_memory());
    let tuned = tuned.await.unwrap();
    let deployed = node(lm.clone()).with_state(&tuned.tuned).unwrap();
    let asked = lm.requests();
    let trial = asked
        .iter()
        .find(|request| request.turns[0].text().contains("number 2?"));
    let sent: Vec<_> = trial.unwrap().messages().cloned().collect();
    assert_eq!(sent, deployed.render(&row(2)).unwrap());
}
