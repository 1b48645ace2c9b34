//! Advice on what to do differently in the next attempt.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::call::{CallError, Context, Hints, TraceEvent, TraceStep};
use crate::evaluate::Score;
use crate::lm::{Lm, Purpose};
use crate::module::Predictor;
use crate::module::description::describe_predictors;
use crate::module::shape::added;
use crate::signature::{Field, Role, SignatureSpec, Ty, TyRef};

/// The question for advice. Its wording follows DSPy's `OfferFeedback`.
pub(super) const ADVISE: &SignatureSpec = &SignatureSpec {
    name: Cow::Borrowed("Advise"),
    instructions: Cow::Borrowed(
        "A program made an attempt that is not good enough. In the discussion, say which of its \
         steps are to blame for that, if any. Then give each step concrete advice on what to do \
         otherwise when it is given the same input again, or one like it. A step does not see what \
         it did before, so the advice must be complete in itself. Where a step is not to blame, its \
         advice is `N/A`.",
    ),
    fields: Cow::Borrowed(FIELDS),
};

const FIELDS: &[Field] = &[
    input(
        "program",
        Ty::Str,
        "the steps of the program: name, fields, instructions",
    ),
    input(
        "trajectory",
        Ty::Str,
        "what each step was given and what it produced, in order",
    ),
    input("criterion", Ty::Str, "what a good output is"),
    input("score", Ty::Float, "what the output was judged to be worth"),
    input("threshold", Ty::Float, "what it has to be worth"),
    input("feedback", Ty::Str, "why it was judged so"),
    input("steps", list(&Ty::Str), "the steps that need advice"),
    added(
        "discussion",
        Role::Output,
        Ty::Str,
        "where each step went wrong, if it did",
        "Discussion:",
    ),
    added(
        "advice",
        Role::Output,
        Ty::Map(TyRef::Static(&Ty::Str)),
        "for each step, by its name: in which case it made which mistake, then what to do instead; \
         `N/A` where it is not to blame",
        "Advice:",
    ),
];

const fn input(name: &'static str, ty: Ty, desc: &'static str) -> Field {
    added(name, Role::Input, ty, desc, name)
}

const fn list(item: &'static Ty) -> Ty {
    Ty::List(TyRef::Static(item))
}

/// The value of an input that is not known.
const NOT_STATED: &str = "not stated";

/// The model that is asked for advice.
#[derive(Clone, Debug)]
pub(super) struct Adviser {
    pub(super) predictor: Predictor,
    /// What the reward asks for; may be empty.
    pub(super) criterion: String,
}

/// An attempt that was not good enough.
pub(super) struct Lesson {
    pub(super) steps: Vec<TraceStep>,
    pub(super) score: Score,
    pub(super) threshold: f64,
}

impl Adviser {
    pub(super) fn new(lm: Lm) -> Self {
        Self {
            predictor: Predictor::new("advise", Arc::new(ADVISE.clone()), lm),
            criterion: String::new(),
        }
    }

    /// Asks for advice and turns it into hints. If it cannot be read, the hints stay as they are.
    ///
    /// # Errors
    ///
    /// If no other call of the run could succeed either.
    pub(super) async fn advise(
        &self,
        context: &Context<'_>,
        predictors: &[&Predictor],
        lesson: &Lesson,
        hints: &mut Hints,
    ) -> Result<(), CallError> {
        let inputs = self.inputs(predictors, lesson);
        let context = context.child(0).with_purpose(Purpose::Reflect);
        let values = match self.predictor.call(&context, inputs).await {
            Ok(values) => values,
            Err(error) if error.ends_the_run() => return Err(error),
            // Listeners have heard of it from the predictor.
            Err(_) => return Ok(()),
        };
        if let [_, Value::Object(advice)] = &values[..] {
            for predictor in predictors {
                let path = predictor.path();
                if let Some(words) = advice_for(path, predictors.len(), advice) {
                    context.tell(|| TraceEvent::Advised {
                        predictor: path.to_owned(),
                        advice: words.to_owned(),
                    });
                    hints.give(path, words);
                }
            }
        }
        Ok(())
    }

    fn inputs(&self, predictors: &[&Predictor], lesson: &Lesson) -> Vec<Value> {
        let paths: Vec<&str> = predictors
            .iter()
            .map(|predictor| predictor.path())
            .collect();
        vec![
            describe_predictors(predictors).trim_end().into(),
            trajectory(&lesson.steps, self.predictor.path())
                .trim_end()
                .into(),
            or_not_stated(&self.criterion).into(),
            lesson.score.value().into(),
            lesson.threshold.into(),
            or_not_stated(lesson.score.feedback().unwrap_or_default()).into(),
            paths.into(),
        ]
    }
}

/// The advice for one predictor. If there is only one, all advice is for it, whatever name the model
/// uses.
fn advice_for<'a>(
    path: &str,
    predictors: usize,
    advice: &'a Map<String, Value>,
) -> Option<&'a str> {
    let only = || {
        advice
            .values()
            .next()
            .filter(|_| predictors == 1 && advice.len() == 1)
    };
    let words = advice.get(path).or_else(only)?.as_str()?.trim();
    let is_none = words.is_empty() || words.trim_end_matches('.').eq_ignore_ascii_case("n/a");
    (!is_none).then_some(words)
}

/// The steps of the attempt. The advice that it followed is not a step of the program.
fn trajectory(steps: &[TraceStep], adviser: &str) -> String {
    let mut words = String::new();
    for step in steps.iter().filter(|step| step.predictor != adviser) {
        // A failure that the program tolerated is not what the adviser judges.
        if let Some(outputs) = step.outputs() {
            let inputs = Value::Object(step.inputs.clone());
            let outputs = Value::Object(outputs.clone());
            let _ = writeln!(words, "`{}`: {inputs} -> {outputs}", step.predictor);
        }
    }
    words
}

fn or_not_stated(words: &str) -> &str {
    match words.trim() {
        "" => NOT_STATED,
        words => words,
    }
}
