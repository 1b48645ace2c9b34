//! Programs and tuned states that tests of artifacts and diffs share.

use std::sync::Arc;

use dashoptimize::call::{CallError, Context};
use dashoptimize::lm::{Lm, Scripted};
use dashoptimize::module::{Module, ModuleExt, Predict, Predictor};
use dashoptimize::signature::SignatureSpec;
use dashoptimize::state::{Demo, FieldProse, PredictorState, State};
use serde_json::{Map, Value, json};

use crate::support::triage::Triage;

pub(crate) fn lm() -> Lm {
    Lm::new(Scripted::new(|_: &_| "never asked"))
}

pub(crate) fn program() -> Predict<Triage> {
    Predict::new(lm())
}

/// A program whose signatures are given at run time, to be changed behind an artifact's back.
#[derive(Clone)]
pub(crate) struct Loose(Vec<Predictor>);

impl Loose {
    pub(crate) fn new(specs: impl IntoIterator<Item = (&'static str, SignatureSpec)>) -> Self {
        let predictor = |(path, spec)| Predictor::new(path, Arc::new(spec), lm());
        Self(specs.into_iter().map(predictor).collect())
    }
}

impl Module for Loose {
    type Input = ();
    type Output = ();

    async fn forward(&self, _: &Context<'_>, (): ()) -> Result<(), CallError> {
        Ok(())
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.0.iter().collect()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.0.iter_mut().collect()
    }
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => panic!("not an object"),
    }
}

pub(crate) fn demo(message: &str, intent: &str) -> Demo {
    Demo::new(
        object(json!({ "message": message, "earlier": [] })),
        object(json!({ "intent": intent, "confidence": 0.1 + 0.2 })),
    )
}

pub(crate) fn tuned_state() -> PredictorState {
    let demos = vec![
        demo("I lost my card", "CardLost"),
        demo("Give it back!", "Refund"),
    ];
    let mut state = PredictorState::default()
        .with_instructions("Find out what the customer wants.\nBe brief.")
        .with_demos(demos);
    let prose = FieldProse::new(Some("what the customer wants most".to_owned()), None);
    state.fields.insert("intent".to_owned(), prose);
    state.params.temperature = Some(0.7);
    state
}

pub(crate) fn with(path: &str, state: PredictorState) -> State {
    State::from_iter([(path, state)])
}

pub(crate) fn tuned() -> Predict<Triage> {
    program()
        .with_state(&with("predict", tuned_state()))
        .unwrap()
}

impl std::fmt::Debug for Loose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Loose")
    }
}
