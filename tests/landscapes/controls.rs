//! Optimizers that must not do well, and what the worlds are.

use dashoptimize::engine::{Candidate, SeededRng, Stop, Study};
use dashoptimize::evaluate::{Metric, MetricFn};
use dashoptimize::module::{Module, ModuleExt};
use dashoptimize::optimizer::{Optimizer, Search};
use serde_json::{Value, json};

use super::reached::{NO_LIMIT, of_state};
use super::*;

/// Returns the program as given, or the best of several programs with random words as instructions.
struct Control {
    metric: MetricFn<Item, String>,
    programs: usize,
}

impl Search<Program, Item> for Control {
    fn name(&self) -> &'static str {
        "Control"
    }

    fn settings(&self) -> Value {
        json!({ "programs": self.programs })
    }

    async fn search(&self, study: &Study<'_, Program, Item>) -> Result<Candidate<Program>, Stop> {
        let mut rng = study.rng("control");
        for number in 0..self.programs {
            let mut state = study.student().state();
            for predictor in state.predictors.values_mut() {
                predictor.instructions = Some(random_words(&mut rng));
            }
            let candidate = study.candidate(format!("random words {number}"), &state)?;
            study.evaluate(&candidate).await?;
        }
        Ok(study.best().unwrap_or_else(|| study.base().clone()))
    }
}

impl Optimizer<Program, Item> for Control {
    fn metric(&self) -> &dyn Metric<Item, String> {
        &self.metric
    }
}

fn random_words(rng: &mut SeededRng) -> String {
    let words = [
        "word", "item", "list", "answer", "single", "careful", "find", "look", "lower",
    ];
    let text: Vec<&str> = (0..12).map(|_| words[rng.below(words.len())]).collect();
    text.join(" ")
}

/// All worlds in which something can be gained.
fn with_gain() -> [&'static World; 9] {
    [
        &BY_PHRASES,
        &BY_DEMOS,
        &BY_LABEL,
        &BY_FORM,
        &JOINT,
        &TWO_STEPS,
        &DECEPTIVE,
        &NOISY,
        &BY_TEMPERATURE,
    ]
}

#[tokio::test]
async fn doing_nothing_and_random_words_reach_nothing() {
    for world in with_gain() {
        for programs in [0, 8] {
            let control = |metric, _| Control { metric, programs };
            let reached = landscape(world, 0..3, control).await;
            assert!(reached.share() < 0.05, "{reached}");
            assert!(reached.check(0.2, NO_LIMIT).is_err());
        }
    }
}

#[tokio::test]
async fn more_calls_than_allowed_are_noticed() {
    let control = |metric, _| Control {
        metric,
        programs: 2,
    };
    let reached = landscape(&SATURATED, 0..1, control).await;
    let exact = Calls {
        task: 3 * 60,
        propose: 0,
        reflect: 0,
    };
    assert_eq!(reached.calls, [exact]);
    reached.check(1.0, exact).unwrap();
    assert!(reached.check(1.0, Calls { task: 179, ..exact }).is_err());
}

/// The known accuracy is what a run finds on many rows.
#[tokio::test]
async fn what_is_known_of_a_prompt_is_what_is_measured() {
    use dashoptimize::lm::Lm;
    for world in with_gain().into_iter().chain([&SATURATED, &NULL]) {
        let program = Program::new(world.steps.len(), Lm::new(super::model::model(world, 3)));
        let mut told = program.state();
        let all: Vec<&str> = world.phrases[..3]
            .iter()
            .map(|phrase| phrase.text)
            .collect();
        for predictor in told.predictors.values_mut() {
            predictor.instructions = Some(all.join(" "));
        }
        for state in [program.state(), told] {
            let known = of_state(world, &program, &state).await;
            let rows: Vec<Item> = (0..2_000).map(super::program::row).collect();
            let run = dashoptimize::engine::Run::in_memory().max_errors(usize::MAX);
            let program = program.with_state(&state).unwrap();
            let is_right = |gold: &Item, said: &String| gold.answer == *said;
            let (evaluation, _) = run.evaluate(&program, &rows, &is_right).await.unwrap();
            let measured = evaluation.measured.score().unwrap();
            assert!(
                (measured - known).abs() < 0.04,
                "{}: {measured} {known}",
                world.name
            );
        }
    }
}

#[tokio::test]
async fn the_optimum_can_be_reached() {
    use dashoptimize::lm::Lm;
    for world in with_gain() {
        let mut best: f64 = 0.0;
        let program = Program::new(world.steps.len(), Lm::new(super::model::model(world, 0)));
        let rows: Vec<Item> = (0..4).map(super::program::row).collect();
        for chosen in 0..64_u32 {
            let texts = world.phrases.iter().enumerate();
            let texts = texts.filter(|(index, _)| chosen & (1 << index) > 0);
            let text: Vec<&str> = texts.map(|(_, phrase)| phrase.text).collect();
            let mut state = program.state();
            for (path, predictor) in &mut state.predictors {
                let label = world.labels.get(1).map(|label| (*label).to_owned());
                if path == "answer" {
                    let prose = dashoptimize::state::FieldProse::new(None, label);
                    predictor.fields.insert("answer".to_owned(), prose);
                }
                predictor.params = predictor.params.clone().with_temperature(0.1);
            }
            let states = [("hint", LOOK_UP), ("answer", &text.join(" "))];
            for (path, text) in states {
                if let Some(predictor) = state.predictors.get_mut(path) {
                    predictor.instructions = Some(text.to_owned());
                }
            }
            if world.steps.len() == 1 {
                let spec = program.predictors()[0].spec();
                let demos = rows.iter().filter_map(|row| {
                    let fields =
                        dashoptimize::evaluate::Example::<super::program::ItemInput>::fields(row);
                    dashoptimize::state::Demo::from_fields(&fields, spec)
                });
                state.set_demos("answer", demos.collect(), None);
            }
            best = best.max(of_state(world, &program, &state).await);
        }
        assert!(
            (best - world.optimum).abs() < 1e-9,
            "{}: {best}",
            world.name
        );
    }
}

const LOOK_UP: &str = "Look the item up in the list.";
