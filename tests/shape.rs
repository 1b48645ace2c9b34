//! What the types say of a program is what it is: `include_prompt!` checks files by it.
//!
//! A new module is one more line in [`modules_are_what_they_say`].

use dashoptimize::artifact::Artifact;
use dashoptimize::lm::Lm;
use dashoptimize::module::{
    CallError, ChainOfThought, Context, FromLm, LLMNode, Module, Predict, Predictor, Shape,
};
use dashoptimize::{FieldType, module, signature};

use crate::support::quiz::Quiz;
use crate::support::tuned::lm;

/// Find out what the customer wants.
#[signature]
struct Triage {
    /// the message
    #[input]
    message: String,
    #[input(desc = "what was said before", prefix = "Before:")]
    earlier: Vec<String>,
    #[output(rename = "wish")]
    intent: Intent,
    #[output(check(0.0..=1.0))]
    confidence: Option<f64>,
}

#[derive(Clone, Debug, FieldType)]
enum Intent {
    Refund,
    Other(String),
}

module!(
    type Named = Predict<Triage>;

    #[with(temperature = 0.5)]
    type NamedThought = ChainOfThought<Triage>;
);

/// Two programs as parts of one, as `pipeline!` makes it.
#[derive(Clone, Debug)]
struct Two<A, B>(A, B);

impl<A: FromLm, B: FromLm> FromLm for Two<A, B> {
    fn from_lm(lm: Lm) -> Self {
        let mut parts = Self(A::from_lm(lm.clone()), B::from_lm(lm));
        parts.0.set_path("first");
        parts.1.set_path("second");
        parts
    }
}

impl<A: Module, B: Module> Module for Two<A, B> {
    type Input = ();
    type Output = ();

    const SHAPE: Shape = Shape::Parts(&[("first", A::SHAPE), ("second", B::SHAPE)]);

    async fn forward(&self, _: &Context<'_>, (): ()) -> Result<(), CallError> {
        Ok(())
    }

    fn predictors(&self) -> Vec<&Predictor> {
        [self.0.predictors(), self.1.predictors()].concat()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        let mut predictors = self.0.predictors_mut();
        predictors.extend(self.1.predictors_mut());
        predictors
    }
}

/// Paths and signatures of a program's predictors are what its shape says. `count` is how many
/// numbered fields its modules have, such as attempts to be compared; 0 where they have none.
fn assert_as_said<M: FromLm>(count: usize) {
    let program = M::from_lm(lm());
    let said = M::SHAPE.predictors(count);
    let said = said.expect("every module of the runtime says its shape");
    let predictors = program.predictors();
    assert_eq!(said.len(), predictors.len(), "{:?}", M::SHAPE);
    for (predictor, (path, spec)) in predictors.into_iter().zip(&said) {
        assert_eq!(predictor.path(), path);
        assert_eq!(predictor.spec(), spec);
    }
}

/// Alone and as a part of larger programs.
fn assert_as_said_everywhere<M: FromLm>(count: usize) {
    assert_as_said::<M>(count);
    assert_as_said::<Two<M, Predict<Triage>>>(count);
    assert_as_said::<Two<Predict<Triage>, Two<M, M>>>(count);
}

#[test]
fn modules_are_what_they_say() {
    assert_as_said_everywhere::<Predict<Triage>>(0);
    assert_as_said_everywhere::<ChainOfThought<Triage>>(0);
    assert_as_said_everywhere::<Named>(0);
    assert_as_said_everywhere::<NamedThought>(0);
    assert_as_said_everywhere::<Two<Named, NamedThought>>(0);
}

#[test]
fn paths_are_those_that_files_have() {
    let program = Two::<Named, Two<Named, NamedThought>>::from_lm(lm());
    let paths: Vec<&str> = program.predictors().iter().map(|p| p.path()).collect();
    assert_eq!(paths, ["first", "second.first", "second.second"]);
    let text = Artifact::of(&program).to_text();
    assert!(text.contains("\"second.second\": {"), "{text}");
}

#[test]
fn what_is_known_only_at_run_time_is_unknown() {
    assert!(LLMNode::<Quiz>::SHAPE.predictors(0).is_none());
    assert!(Two::<LLMNode<Quiz>, Named>::SHAPE.predictors(0).is_none());
}
