//! What observers are told.

use super::*;

#[derive(Clone, Debug, Default)]
struct Heard(Arc<Mutex<Vec<Event>>>);

impl Observer for Heard {
    fn on_event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[derive(Debug)]
struct Guessed(u32);

impl fmt::Display for Guessed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "guessed {}", self.0)
    }
}

impl SearchEvent for Guessed {}

#[tokio::test]
async fn observers_are_told_what_happens_in_types() {
    let heard = Heard::default();
    let guessing = searching(|study: &Study<'_, Node, Quiz>| {
        study.tell(Guessed(7));
        let base = study.base().clone();
        Box::pin(async move { Ok(base) })
    });
    let stages = BetterTogether::new(is_right)
        .then(guessing)
        .then(KNNFewShot::<NoMetric, Lexical>::stage())
        .then(LabeledFewShot::stage());
    // Enough for the program as given and the second stage, and for the hold-out.
    let run = Run::in_memory()
        .budget(Budget::calls(50))
        .observer(heard.clone());
    optimize(&stages, Learner::default(), [10, 10, 10], run)
        .await
        .unwrap();
    let mut kinds = Vec::new();
    for event in heard.0.lock().unwrap().iter() {
        kinds.push(match event {
            Event::RunStarted { rows, .. } => {
                assert_eq!((rows.train, rows.val, rows.holdout), (10, 10, 10));
                "run started"
            }
            Event::StageStarted { candidate: 0, .. } => "stage started",
            Event::EvaluationStarted {
                part: Part::Val,
                rows: 10,
                ..
            } => "val started",
            Event::EvaluationStarted {
                part: Part::Holdout,
                ..
            } => "hold-out started",
            Event::EvaluationEnded { measured, .. } => {
                assert_eq!(measured.n(), 10);
                "evaluated"
            }
            Event::FromSearch(event) => {
                if let Some(Guessed(7)) = event.downcast_ref() {
                    "guessed"
                } else {
                    assert!(event.downcast_ref::<TrainingRunsPassed>().is_some());
                    "runs passed"
                }
            }
            Event::BudgetUsedUp { .. } => "budget used up",
            Event::RunEnded { spend, .. } => {
                assert_eq!(spend.calls, 40);
                "run ended"
            }
            Event::HeadroomKnown { headroom, .. } => {
                assert_eq!((headroom.candidates, headroom.rows), (1, 10));
                continue;
            }
            Event::RolloutEnded { .. } | Event::TrialsStarted { .. } => continue,
            other => panic!("not expected: {other:?}"),
        });
    }
    let expected = [
        "run started",
        "val started",
        "evaluated",
        "stage started",
        "guessed",
        "stage started",
        "val started",
        "evaluated",
        "runs passed",
        "val started",
        "evaluated",
        "stage started",
        "val started",
        "budget used up",
        "hold-out started",
        "evaluated",
        "hold-out started",
        "evaluated",
        "run ended",
    ];
    assert_eq!(kinds, expected);
}
