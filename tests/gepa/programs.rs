//! Programs of several predictors, agents, and programs that were tuned before.

use std::collections::BTreeSet;

use dashoptimize::call::{CallError, Context};
use dashoptimize::lm::ChatRequest;
use dashoptimize::module::{Module, Predictor};
use dashoptimize::optimizer::{ComponentSelector, LabeledFewShot, SamplingStrategy};
use dashoptimize::pipeline;
use dashoptimize::signature::make_signature;

use super::pupil::{inputs, number, proposing, rule, with_rule};
use super::*;
use crate::support::quiz::{is_right, row};

/// Two predictors with the same signature, of which the second is called as often as the first says.
#[derive(Clone, Debug)]
struct Twins {
    first: Predictor,
    second: Predictor,
    times: usize,
}

impl Twins {
    fn new(lm: impl Into<Lm>, times: usize) -> Self {
        let lm = lm.into();
        let predictor = |path: &str| {
            let spec = make_signature("question -> answer", "Answer.").unwrap();
            Predictor::new(path, Arc::new(spec), lm.clone())
        };
        Self {
            first: predictor("first"),
            second: predictor("second"),
            times,
        }
    }
}

impl Module for Twins {
    type Input = Quiz;
    type Output = Quiz;

    async fn forward(&self, context: &Context<'_>, input: Quiz) -> Result<Quiz, CallError> {
        let question = vec![input.question.clone().into()];
        let mut answer = self.first.call(context, question.clone()).await?;
        for _ in 0..self.times {
            answer = self.second.call(context, question.clone()).await?;
        }
        let answer = answer[0].as_str().unwrap_or_default().to_owned();
        Ok(Quiz { answer, ..input })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.first, &self.second]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.first, &mut self.second]
    }
}

/// The components that a proposer was asked for.
fn components(teacher: &Scripted) -> BTreeSet<String> {
    teacher
        .requests()
        .iter()
        .map(|request| inputs(request).component)
        .collect()
}

#[tokio::test]
async fn predictors_with_the_same_signature_are_told_apart_and_only_those_that_are_called_are_rewritten()
 {
    let (first, second) = (
        "instructions of `first`".to_owned(),
        "instructions of `second`".to_owned(),
    );
    for (times, expected) in [
        (0, vec![first.clone()]),
        (1, vec![first.clone(), second.clone()]),
        (3, vec![first, second]),
    ] {
        let teacher = teacher();
        let optimizer = GEPA::new(judge(4))
            .proposer(teacher.clone())
            .max_metric_calls(900);
        let run = Run::in_memory();
        let program = Twins::new(pupil(4), times);
        let tuned = optimizer
            .optimize(&program, &splits(12, 8, 0), &run)
            .await
            .unwrap();
        assert_eq!(tuned.final_score(), Some(1.0), "{times}");
        assert!(components(&teacher).into_iter().eq(expected), "{times}");
        let text = |path: &str| tuned.tuned.predictors[path].instructions.clone();
        match times {
            0 => assert_eq!(text("second"), None),
            _ => assert_ne!(text("first"), text("second")),
        }
        let shown = teacher
            .requests()
            .iter()
            .map(|request| inputs(request).runs.matches("Inputs\n").count())
            .max();
        assert_eq!(shown, Some(3), "one call of each of three rows");
    }
}

/// Find the word of the number.
#[signature]
#[derive(Clone, Debug)]
struct Riddle {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn riddles(rows: std::ops::Range<usize>) -> Dataset<Riddle> {
    let riddle = |i| Riddle {
        question: row(i).question,
        answer: row(i).answer,
    };
    Dataset::from_vec(rows.map(riddle).collect())
}

fn riddle_parts() -> Splits<Riddle> {
    Splits::builder()
        .train(riddles(0..12))
        .val(riddles(12..20))
        .build()
        .unwrap()
}

/// Says which rule is missing.
fn check(question: &str, gold: &str, said: &str) -> (bool, String) {
    let kind = number(question) % 4;
    (gold == said, format!("add {}", rule(kind)))
}

/// Say the question again.
#[signature]
struct Repeat {
    #[input]
    question: String,
    #[output]
    again: String,
}

/// Answer the question that was said again.
#[signature]
struct Solve {
    #[input]
    again: String,
    #[output]
    answer: String,
}

pipeline!(
    /// Says the question again, then answers it.
    #[with(rows = Riddle)]
    fn TwoSteps(question: String) -> String {
        let said = Predict::<Repeat> { question };
        let again = said.again;
        let solved = Predict::<Solve> { again };
        solved.answer
    }
);

/// A model for both steps.
fn two_steps() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let system = request.prefix.messages()[0].text();
        let number = number(request.turns[0].text());
        let knows = system.contains(&rule(number % 4));
        match system.contains("Say the question again") {
            true => format!("[[ ## again ## ]]\nnumber {number}?"),
            false if knows => format!("[[ ## answer ## ]]\n{}", row(number).answer),
            false => "[[ ## answer ## ]]\nno idea".to_owned(),
        }
    })
}

#[tokio::test]
async fn a_pipeline_of_two_steps_is_improved_where_it_matters() {
    let teacher = teacher();
    let metric = |gold: &Riddle, said: &String| check(&gold.question, &gold.answer, said);
    let optimizer = GEPA::new(metric)
        .proposer(teacher.clone())
        .max_metric_calls(900)
        .num_generations(12);
    let run = Run::in_memory();
    let tuned = optimizer
        .optimize(&TwoSteps::new(two_steps()), &riddle_parts(), &run)
        .await
        .unwrap();
    assert_eq!(tuned.final_score(), Some(1.0));
    assert_eq!(components(&teacher).len(), 2, "both steps take turns");
    assert_eq!(tuned.tuned.predictors["said"].instructions, None);
}

/// Looks a number up.
#[tool]
fn look_up(number: &str) -> String {
    format!("the word of {number} is in the rules")
}

module!(
    #[with(tools = [look_up], max_iters = 3)]
    type Agent = ReAct<Riddle>;
);

#[tokio::test]
async fn an_agent_is_improved() {
    let lm = Scripted::new(|request: &ChatRequest| {
        let system = request.prefix.messages()[0].text();
        let query = request.turns.last().unwrap().text();
        let number = number(query);
        if !system.contains("next_tool_name") {
            let knows = system.contains(&rule(number % 4));
            let answer = if knows {
                row(number).answer
            } else {
                "no idea".to_owned()
            };
            return format!("[[ ## reasoning ## ]]\nSo it is.\n\n[[ ## answer ## ]]\n{answer}");
        }
        let (tool, arguments) = match query.contains("is in the rules") {
            true => ("finish", "{}".to_owned()),
            false => ("look_up", format!("{{\"number\": \"{number}\"}}")),
        };
        format!(
            "[[ ## next_thought ## ]]\nLet me see.\n\n[[ ## next_tool_name ## ]]\n{tool}\n\n[[ ## next_tool_args ## ]]\n{arguments}"
        )
    });
    let teacher = teacher();
    let metric = |gold: &Riddle, said: &Acted<RiddleOutput>| {
        check(&gold.question, &gold.answer, &said.answer)
    };
    let optimizer = GEPA::new(metric)
        .proposer(teacher.clone())
        .component_selector(ComponentSelector::All)
        .max_metric_calls(900);
    let run = Run::in_memory();
    let tuned = optimizer
        .optimize(&Agent::new(lm), &riddle_parts(), &run)
        .await
        .unwrap();
    assert_eq!(tuned.final_score(), Some(1.0));
    assert_eq!(components(&teacher).len(), 2, "the agent and its last step");
}

#[tokio::test]
async fn a_stage_keeps_the_demos_of_the_stage_before_it() {
    let tune = pipeline!(
        LabeledFewShot {
            max_demos: 2,
            strategy: SamplingStrategy::Sequential
        } >> GEPA {
            proposer: teacher(),
            max_metric_calls: 300,
            original
        }
    );
    // Demos are worth one kind of rows, so that they stay.
    let lm = Scripted::new(|request: &ChatRequest| {
        let demos = request.prefix.messages().len() / 2;
        let number = number(request.turns[0].text());
        let is_told = request.prefix.messages()[0]
            .text()
            .contains(&rule(number % 4));
        match is_told || (demos > 0 && number.is_multiple_of(4)) {
            true => format!("[[ ## answer ## ]]\n{}", row(number).answer),
            false => "[[ ## answer ## ]]\nno idea".to_owned(),
        }
    });
    let run = Run::in_memory();
    let tuned = tune
        .metric(judge(4))
        .optimize(&node_of(lm), &splits(12, 8, 0), &run)
        .await
        .unwrap();
    let state = &tuned.tuned.predictors["quiz"];
    assert_eq!(state.demos.len(), 2);
    assert!(
        instructions(&tuned).contains("rule"),
        "{}",
        instructions(&tuned)
    );
    assert!(tuned.report.stages[1].improvement() > Some(0.0));
    let origin = &tuned.report.tried.last().unwrap().origin;
    assert!(origin.starts_with("stage 2, generation "), "{origin}");
}

#[tokio::test]
async fn parts_of_one_row_are_enough() {
    for (train, val) in [(1, 1), (1, 8), (12, 1)] {
        let optimizer = GEPA::new(judge(1)).proposer(teacher()).use_merge(true);
        let run = Run::in_memory().seed(0);
        let tuned = optimizer
            .optimize(&node_of(pupil(1)), &splits(train, val, 0), &run)
            .await
            .unwrap();
        assert_eq!(tuned.final_score(), Some(1.0), "{train} and {val} rows");
    }
}

/// The description of a field can hold the rule, and its name stays.
#[tokio::test]
async fn descriptions_of_fields_are_improved_and_names_stay() {
    let teacher =
        proposing(
            |input| match input.component.starts_with("description of `quiz.answer`") {
                true => with_rule(input),
                false => input.text.clone(),
            },
        );
    let set: Set = |gepa| {
        gepa.optimize_descriptions()
            .num_generations(12)
            .max_idle_generations(99)
    };
    let tuned = search_with(pupil(4), teacher, set, Run::in_memory())
        .await
        .unwrap();
    assert_eq!(tuned.final_score(), Some(1.0));
    let state = &tuned.tuned.predictors["quiz"];
    assert_eq!(state.instructions, None);
    assert!(
        state.fields["answer"]
            .desc
            .as_ref()
            .unwrap()
            .contains("rule 0;")
    );
    assert!(state.fields.keys().eq(["answer"]));
}

#[tokio::test]
async fn a_score_without_words_is_a_metric_too() {
    let teacher = teacher();
    let optimizer = GEPA::new(is_right).proposer(teacher.clone());
    let run = Run::in_memory();
    optimizer
        .optimize(&node_of(pupil(4)), &splits(12, 8, 0), &run)
        .await
        .unwrap();
    let runs = inputs(&teacher.requests()[0]).runs;
    assert!(
        runs.contains("Score: 0 (from 0 to 1)") && !runs.contains("Feedback"),
        "{runs}"
    );
}
