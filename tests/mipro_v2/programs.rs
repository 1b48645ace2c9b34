//! Programs of several predictors, pipelines, agents, and stages.

use dashoptimize::call::{CallError, Context};
use dashoptimize::engine::Run;
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::module::{Module, Predictor};
use dashoptimize::prelude::*;
use dashoptimize::{pipeline, signature, tool, tools};

use crate::support::chain::Chain;
use crate::support::coach::{Coach, GOOD};
use crate::support::quiz::{Quiz, is_right, node, splits};

#[tokio::test]
async fn each_predictor_has_an_instruction_of_its_own() {
    let lm = Coach::default();
    let student = Chain::new(lm.clone());
    let data = splits(30, 40, 0);
    let optimizer = MIPROv2::new(is_right as fn(&Quiz, &Quiz) -> bool)
        .max_bootstrapped_demos(0)
        .max_labeled_demos(0)
        .num_trials(36);
    let run = Run::in_memory().seed(2);
    let tuned = optimizer.optimize(&student, &data, &run).await.unwrap();
    for path in ["hint", "answer"] {
        let instructions = tuned.tuned.predictors[path].instructions.as_deref();
        assert!(instructions.unwrap().contains(GOOD), "{path}: {tuned}");
    }
    // Both were described, each as the step that it is.
    let asked = lm.asked_for("proposed_instruction");
    for step in ["`hint`: question -> hint", "`answer`: hint -> answer"] {
        let of_step = asked.iter().filter(|r| r.turns[0].text().contains(step));
        assert_eq!(of_step.count(), 5, "{step}");
    }
}

/// Calls its first predictor as often as the question says, and its second, with an equal signature, once.
#[derive(Clone)]
struct Often(Predictor, Predictor, usize);

impl Often {
    fn new(lm: &Coach, times: usize) -> Self {
        let chain = Chain::new(lm.clone());
        let mut second = chain.hint.clone();
        second.set_path("again");
        Self(chain.hint, second, times)
    }
}

impl Module for Often {
    type Input = Quiz;
    type Output = Quiz;

    async fn forward(&self, context: &Context<'_>, input: Quiz) -> Result<Quiz, CallError> {
        for call in 0..self.2 {
            let question = format!("{} (part {call})", input.question);
            let _ = self
                .0
                .call(&context.child(call as u32), vec![question.into()])
                .await?;
        }
        let last = context.child(self.2 as u32);
        let hint = self
            .1
            .call(&last, vec![input.question.clone().into()])
            .await?;
        let answer = hint[0].as_str().unwrap_or_default().to_owned();
        Ok(Quiz { answer, ..input })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.0, &self.1]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.0, &mut self.1]
    }
}

/// The hint names the number of the question.
fn names_the_number(gold: &Quiz, said: &Quiz) -> bool {
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    digits(&gold.question) == digits(&said.answer)
}

#[tokio::test]
async fn equal_signatures_and_predictors_that_are_called_0_1_or_3_times_are_told_apart() {
    for times in [0, 1, 3] {
        let lm = Coach::default();
        let student = Often::new(&lm, times);
        let data = splits(30, 30, 0);
        let run = Run::in_memory().seed(4);
        let optimizer = MIPROv2::new(names_the_number as fn(&Quiz, &Quiz) -> bool).num_trials(40);
        let tuned = optimizer.optimize(&student, &data, &run).await.unwrap();
        // What counts is the second predictor.
        let instructions = tuned.tuned.predictors["again"].instructions.as_deref();
        let demos = tuned.tuned.predictors["again"].demos.len();
        let is_better = instructions.is_some_and(|text| text.contains("Please")) || demos > 0;
        assert!(is_better, "{times} calls: {tuned}");
        assert!(
            tuned.final_score() > tuned.initial_score(),
            "{times} calls: {tuned}"
        );
        if times == 0 {
            // A predictor that is not called has no run to show.
            assert!(tuned.tuned.predictors["hint"].demos.is_empty());
        }
    }
}

#[tokio::test]
async fn it_is_a_stage_and_the_next_one_starts_from_its_result() {
    let tune = pipeline!(
        MIPROv2 {
            max_bootstrapped_demos: 0,
            max_labeled_demos: 0
        } >> LabeledFewShot { max_demos: 2 }
    );
    let lm = Coach::default();
    let (data, run) = (splits(20, 30, 0), Run::in_memory().seed(1));
    let tuned = tune
        .metric(is_right)
        .optimize(&node(lm), &data, &run)
        .await
        .unwrap();
    let [first, second] = &tuned.report.stages[..] else {
        panic!("two stages: {tuned}");
    };
    assert_eq!(
        (&*first.optimizer, &*second.optimizer),
        ("MIPROv2", "LabeledFewShot")
    );
    let state = &tuned.tuned.predictors["quiz"];
    assert!(state.instructions.as_ref().unwrap().contains(GOOD));
    assert_eq!(state.demos.len(), 2);
}

#[tokio::test]
async fn it_builds_upon_the_demos_of_an_earlier_stage() {
    let tune = pipeline!(LabeledFewShot { max_demos: 3 } >> MIPROv2 { num_trials: 12 });
    let lm = Coach::default();
    let (data, run) = (splits(20, 30, 0), Run::in_memory().seed(1));
    let tuned = tune
        .metric(is_right)
        .optimize(&node(lm), &data, &run)
        .await
        .unwrap();
    let stages = &tuned.report.stages;
    assert!(stages[1].improvement() > Some(0.0), "{tuned}");
}

/// Write a query.
#[signature]
struct WriteQuery {
    #[input]
    question: String,
    #[output]
    hint: String,
}

/// Answer from the hint.
#[signature]
struct Respond {
    #[input]
    hint: String,
    #[output]
    answer: String,
}

/// A labelled question, with a field that is nobody's business.
#[signature]
struct Row {
    #[input]
    question: String,
    #[output]
    answer: String,
    #[skip]
    secret: String,
}

pipeline!(
    /// Two steps.
    #[with(rows = Row)]
    fn Search(question: String) -> String {
        let query = Predict::<WriteQuery> { question };
        Predict::<Respond> { hint: query.hint }.answer
    }
);

fn row(number: usize) -> Row {
    let Quiz { question, answer } = crate::support::quiz::row(number);
    let secret = format!("secret {number}");
    Row {
        question,
        answer,
        secret,
    }
}

fn rows(range: std::ops::Range<usize>) -> Dataset<Row> {
    Dataset::from_vec(range.map(row).collect())
}

#[tokio::test]
async fn a_pipeline_is_shown_as_its_graph_and_private_fields_are_not_shown() {
    let lm = Coach::default();
    let data = Splits::builder()
        .train(rows(0..20))
        .val(rows(20..50))
        .build()
        .unwrap();
    let optimizer = MIPROv2::new(|gold: &Row, said: &String| gold.answer == *said);
    let run = Run::in_memory().seed(1);
    let tuned = optimizer
        .optimize(&Search::new(lm.clone()), &data, &run)
        .await
        .unwrap();
    assert!(tuned.final_score() > tuned.initial_score(), "{tuned}");
    let proposals = lm.asked_for("proposed_instruction");
    let shown = proposals[0].turns[0].text();
    assert!(shown.contains("flowchart TD"), "{shown}");
    assert!(
        shown.contains("`query` (question -> hint): Write a query."),
        "{shown}"
    );
    assert_eq!(data.train()[3].secret, "secret 3");
    for request in lm.requests() {
        assert!(
            request
                .messages()
                .all(|message| !message.text().contains("secret"))
        );
    }
}

/// Looks a word up.
#[tool]
async fn look_up(
    /** the number */
    number: String,
) -> Result<String, std::convert::Infallible> {
    Ok(format!("word of {number}"))
}

#[tokio::test]
async fn an_agent_is_tuned_and_its_tools_are_described() {
    let reply = |request: &ChatRequest| {
        let opening = request.prefix.messages()[0].text().to_owned();
        let is_good = opening.contains(GOOD);
        if opening.contains("Write an instruction for one step") {
            return format!(
                "[[ ## proposed_instruction ## ]]\nPlease {GOOD}, {}.",
                request.sample
            );
        }
        for field in [
            "observations",
            "summary",
            "program_description",
            "module_description",
        ] {
            if opening.contains(&format!("[[ ## {field} ## ]]\n{{{field}}}")) {
                return format!("[[ ## {field} ## ]]\nwords");
            }
        }
        let answer = if is_good { "right" } else { "wrong" };
        format!(
            "[[ ## next_thought ## ]]\ndone\n\n[[ ## next_tool_name ## ]]\nfinish\n\n\
             [[ ## next_tool_args ## ]]\n{{}}\n\n[[ ## reasoning ## ]]\nso\n\n\
             [[ ## answer ## ]]\n{answer}"
        )
    };
    let lm = Scripted::new(reply).keeping_requests();
    let agent = ReAct::<Respond>::new(lm.clone()).tools(tools![look_up]);
    let data = |range: std::ops::Range<usize>| {
        let row = |i| Respond {
            hint: format!("hint {i}"),
            answer: "right".to_owned(),
        };
        Dataset::from_vec(range.map(row).collect())
    };
    let data = Splits::builder()
        .train(data(0..6))
        .val(data(6..12))
        .build()
        .unwrap();
    let optimizer =
        MIPROv2::new(|gold: &Respond, said: &Acted<RespondOutput>| gold.answer == said.answer);
    let run = Run::in_memory().seed(1);
    let tuned = optimizer.optimize(&agent, &data, &run).await.unwrap();
    assert_eq!(
        (tuned.initial_score(), tuned.final_score()),
        (Some(0.0), Some(1.0)),
        "{tuned}"
    );
    let described = lm.requests().into_iter().any(|request| {
        let text = request.turns[0].text();
        text.contains("- tool `look_up`: Looks a word up.")
    });
    assert!(described, "the proposer is told which tools there are");
}
