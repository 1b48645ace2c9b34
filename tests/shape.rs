//! What the types say of a program is what it is: `include_prompt!` checks files by it.
//!
//! A new module is one more line in [`modules_are_what_they_say`], or in the test of its kind.

use dashoptimize::artifact::Artifact;
use dashoptimize::call::{CallError, Context};
use dashoptimize::module::{
    BestOfN, ChainOfThought, FromLm, KNN, LLMNode, Majority, Module, ModuleExt,
    MultiChainComparison, Parallel, Predict, Predictor, ReAct, Refine, Retrieve, Shape,
};
use dashoptimize::{FieldType, module, pipeline, signature};

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

pipeline!(
    fn Twice(message: String, earlier: Vec<String>) -> bool {
        let first = Named { message, earlier };
        let second = ChainOfThought::<Triage> {
            message: message,
            earlier: earlier,
        };
        first.confidence == second.confidence
    }
);

pipeline!(
    fn Nested(message: String) -> bool {
        let before: Vec<String> = Vec::new();
        let inner = Twice {
            message,
            earlier: before,
        };
        let other = MultiChainComparison::<Triage> {
            message,
            earlier: before,
        };
        inner && other.confidence.is_some()
    }
);

/// Two programs as parts of one.
#[derive(Clone)]
struct Two<A, B>(A, B);

fn two<A: Module, B: Module>(first: A, second: B) -> Two<A, B> {
    Two(first.under("first"), second.under("second"))
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

/// Paths and fields of a program's predictors are what its shape says. `count` is how many numbered
/// fields its modules have, such as attempts to be compared.
fn assert_as_said<M: Module>(program: &M, count: usize) {
    let said = M::SHAPE.predictors(count);
    let said = said.expect("the program says its shape");
    let predictors = program.predictors();
    assert_eq!(said.len(), predictors.len(), "{:?}", M::SHAPE);
    for (predictor, (path, spec)) in predictors.into_iter().zip(&said) {
        assert_eq!(predictor.path(), path);
        assert_eq!(predictor.spec().fields, spec.fields, "{path}");
    }
}

/// Alone, and as a part of larger programs.
fn assert_as_said_everywhere<M: Module>(program: &M, count: usize) {
    let other = || Predict::<Triage>::new(lm());
    assert_as_said(program, count);
    assert_as_said(&two(program.clone(), other()), count);
    assert_as_said(&two(other(), two(program.clone(), program.clone())), count);
}

fn new<M: FromLm>() -> M {
    M::from_lm(lm())
}

#[test]
fn modules_are_what_they_say() {
    assert_as_said_everywhere(&new::<Predict<Triage>>(), 0);
    assert_as_said_everywhere(&new::<ChainOfThought<Triage>>(), 0);
    assert_as_said_everywhere(&new::<KNN<Triage>>(), 0);
    assert_as_said_everywhere(&new::<ReAct<Triage>>(), 0);
    // It compares three attempts where nothing else is said.
    assert_as_said_everywhere(&new::<MultiChainComparison<Triage>>(), 3);
    assert_as_said_everywhere(&new::<MultiChainComparison<Triage>>().m(5), 5);
    assert_as_said_everywhere(&new::<Parallel<Predict<Triage>>>(), 0);
    assert_as_said_everywhere(&new::<Retrieve>(), 0);
    assert_as_said_everywhere(&new::<Named>(), 0);
    assert_as_said_everywhere(&new::<NamedThought>(), 0);
}

#[test]
#[cfg(feature = "interpreter")]
fn modules_that_run_code_are_what_they_say() {
    use dashoptimize::module::{CodeAct, ProgramOfThought};
    assert_as_said_everywhere(&new::<ProgramOfThought<Triage>>(), 0);
    assert_as_said_everywhere(&new::<CodeAct<Triage>>(), 0);
}

#[test]
fn modules_around_others_are_what_they_say() {
    let sure = |_: &TriageInput, output: &TriageOutput| output.confidence.unwrap_or_default();
    let inner = || new::<Predict<Triage>>();
    assert_as_said_everywhere(&BestOfN::new(inner(), sure), 0);
    assert_as_said_everywhere(&Refine::new(inner(), sure, 1.0), 0);
    assert_as_said_everywhere(&Refine::new(new::<ReAct<Triage>>(), |_, _| 1.0, 1.0), 0);
    let confidence = |output: &TriageOutput| output.confidence.unwrap_or_default().to_string();
    assert_as_said_everywhere(&Majority::new(inner(), confidence), 0);
}

#[test]
fn pipelines_are_what_they_say() {
    assert_as_said_everywhere(&new::<Twice>(), 0);
    assert_as_said_everywhere(&new::<Nested>(), 3);
}

#[test]
fn paths_are_those_that_files_have() {
    let program = two(new::<Named>(), two(new::<Named>(), new::<NamedThought>()));
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
