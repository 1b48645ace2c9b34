//! What the proposer is asked, and for which texts.

use std::collections::BTreeSet;

use dashoptimize::engine::Component;
use dashoptimize::evaluate::Score;
use dashoptimize::lm::{ChatReply, ChatRequest, FinishReason, Ledger, Purpose};
use dashoptimize::optimizer::{ComponentChoice, ComponentSelector, ReviseText, ReviseTextInput};
use dashoptimize::prelude::*;

use super::pupil::{field, inputs, number, proposing, says, with_rule};
use super::*;
use crate::support::chain::{Chain, all_knowing};
use crate::support::quiz::{is_right, row};

/// All inputs of a proposer.
fn asked(teacher: &Scripted) -> Vec<ReviseTextInput> {
    teacher.requests().iter().map(inputs).collect()
}

#[tokio::test]
async fn the_proposer_is_shown_the_step_its_text_and_its_runs_with_feedback() {
    let teacher = teacher();
    search_with(
        pupil(4),
        teacher.clone(),
        |gepa| gepa.num_generations(1),
        Run::in_memory(),
    )
    .await
    .unwrap();
    let first = &asked(&teacher)[0];
    assert!(
        first
            .step
            .starts_with("`quiz` (question -> answer): Answer with the word."),
        "{}",
        first.step
    );
    assert_eq!(first.component, "instructions of `quiz`");
    assert_eq!(first.text, "Answer with the word.");
    let runs: Vec<&str> = first.runs.split("\n\n").collect();
    assert_eq!(runs.len(), 3, "a minibatch has three rows");
    for run in runs {
        let kind = number(run) % 4;
        let expected = format!(
            "Inputs\n- question: what is the word of number {}?\nOutputs\n- answer: no idea\n\
             Score: 0 (from 0 to 1)\nFeedback: add rule {kind};",
            number(run)
        );
        assert_eq!(run, expected);
    }
    assert_eq!(first.rejected, "");
}

/// Validation rows and what the metric says of them are not shown, and neither are gold values.
#[tokio::test]
async fn the_proposer_sees_training_rows_only() {
    let teacher = teacher();
    search_with(pupil(4), teacher.clone(), |gepa| gepa, Run::in_memory())
        .await
        .unwrap();
    let rows: BTreeSet<usize> = asked(&teacher)
        .iter()
        .flat_map(|input| input.runs.split("\n\n").map(number).collect::<Vec<_>>())
        .collect();
    assert!(rows.iter().all(|row| *row < 12), "{rows:?}");
}

#[tokio::test]
async fn its_calls_are_reflections_in_the_ledger() {
    let tuned = search(|gepa| gepa, Run::in_memory()).await.unwrap();
    let ledger: &Ledger = &tuned.report.ledger;
    let reflected = ledger.for_purpose(Purpose::Reflect).calls;
    assert!(reflected > 0);
    assert_eq!(
        reflected + ledger.for_purpose(Purpose::Task).calls,
        ledger.total().calls
    );
}

/// The proposer writes what has been rejected, until it is told.
#[tokio::test]
async fn rejected_texts_are_shown_with_the_reason() {
    let stubborn = || {
        proposing(|input| match input.rejected.is_empty() {
            true => format!("{} Be nice.", input.text),
            false => with_rule(input),
        })
    };
    let one = |gepa: GEPA<_>| gepa.parents(1).proposals(1).num_generations(2);
    let teacher = stubborn();
    let tuned = search_with(pupil(4), teacher.clone(), one, Run::in_memory())
        .await
        .unwrap();
    assert_eq!(tuned.final_score(), Some(0.25));
    let rejected = &asked(&teacher)[1].rejected;
    let expected =
        "Rejected (sum of scores 0 → 0 on 3 training rows):\nAnswer with the word. Be nice.";
    assert_eq!(rejected, expected);

    let teacher = stubborn();
    let forget: Set = |gepa| {
        gepa.parents(1)
            .proposals(1)
            .num_generations(2)
            .remember_rejected(0)
    };
    search_with(pupil(4), teacher.clone(), forget, Run::in_memory())
        .await
        .unwrap();
    assert_eq!(asked(&teacher)[1].rejected, "");
}

#[tokio::test]
async fn what_a_proposal_copies_from_a_row_is_not_repeated_to_the_proposer() {
    let copying = proposing(|input| format!("{} {}", input.text, "the row ".repeat(40)));
    let long = |i: usize| Quiz {
        question: format!("what is the word of number {i}? {}", "the row ".repeat(40)),
        answer: row(i).answer,
    };
    let data =
        |rows: std::ops::Range<usize>| Dataset::from_vec_serde(rows.map(long).collect()).unwrap();
    let data = Splits::builder()
        .train(data(0..9))
        .val(data(9..15))
        .build()
        .unwrap();
    let news = News::default();
    let run = Run::in_memory().observer(news.clone());
    let optimizer = GEPA::new(judge(4))
        .proposer(copying.clone())
        .num_generations(2);
    optimizer
        .optimize(&node_of(pupil(4)), &data, &run)
        .await
        .unwrap();
    assert!(
        news.rejections().iter().all(|rule| *rule == "copies_row"),
        "{:?}",
        news.rejections()
    );
    let told = asked(&copying).pop().unwrap().rejected;
    assert!(
        told.contains("would repeat 160 characters or more of training row"),
        "{told}"
    );
    assert!(told.contains("the text is not repeated here"), "{told}");
}

/// The components that were asked for, in order.
fn components(teacher: &Scripted) -> Vec<String> {
    asked(teacher)
        .into_iter()
        .map(|input| input.component)
        .collect()
}

async fn chain(
    teacher: &Scripted,
    set: impl Fn(
        GEPA<dashoptimize::evaluate::OptimizerMetric<'static, Quiz, Quiz>>,
    ) -> GEPA<dashoptimize::evaluate::OptimizerMetric<'static, Quiz, Quiz>>,
) {
    let metric = |gold: &Quiz, said: &Quiz| {
        let value = if is_right(gold, said) { 0.5 } else { 0.0 };
        let score = Score::new(value).unwrap().with_feedback("about all");
        score.with_feedback_for("hint", "about the hint")
    };
    let optimizer = set(GEPA::new(metric)
        .proposer(teacher.clone())
        .parents(1)
        .proposals(1));
    let program = Chain::new(all_knowing());
    optimizer
        .optimize(&program, &splits(6, 6, 0), &Run::in_memory())
        .await
        .unwrap();
}

#[tokio::test]
async fn components_take_turns_or_are_all_rewritten_or_are_chosen() {
    let write = || proposing(|input| format!("{} More.", input.text));
    let (hint, answer) = ("instructions of `hint`", "instructions of `answer`");

    let teacher = write();
    chain(&teacher, |gepa| gepa.num_generations(3)).await;
    assert_eq!(components(&teacher), [hint, answer, hint]);

    let teacher = write();
    chain(&teacher, |gepa| {
        gepa.num_generations(1)
            .component_selector(ComponentSelector::All)
    })
    .await;
    assert_eq!(components(&teacher), [hint, answer]);

    let teacher = write();
    chain(&teacher, |gepa| {
        let choose = |choice: &ComponentChoice<'_>| {
            assert_eq!(choice.scores, [Some(0.5); 3]);
            vec![
                Component::instructions("answer"),
                Component::instructions("unknown"),
            ]
        };
        gepa.num_generations(2)
            .component_selector(ComponentSelector::Own(Arc::new(choose)))
    })
    .await;
    assert_eq!(components(&teacher), [answer, answer]);
}

#[tokio::test]
async fn descriptions_and_prefixes_are_components_where_that_is_asked_for() {
    let teacher = proposing(|input| format!("{} more", input.text));
    chain(&teacher, |gepa| {
        let all = gepa
            .component_selector(ComponentSelector::All)
            .num_generations(1);
        all.optimize_descriptions().optimize_prefixes()
    })
    .await;
    let expected: BTreeSet<String> = ["hint.question", "hint.hint", "answer.hint", "answer.answer"]
        .iter()
        .flat_map(|field| {
            [
                format!("description of `{field}`"),
                format!("prefix of `{field}`"),
            ]
        })
        .chain(["hint", "answer"].map(|path| format!("instructions of `{path}`")))
        .collect();
    assert_eq!(
        components(&teacher).into_iter().collect::<BTreeSet<_>>(),
        expected
    );
}

#[tokio::test]
async fn words_about_one_predictor_reach_that_predictor_alone() {
    let teacher = proposing(|input| format!("{} More.", input.text));
    chain(&teacher, |gepa| gepa.num_generations(2)).await;
    let [hint, answer] = &asked(&teacher)[..] else {
        panic!("two proposals");
    };
    assert!(hint.runs.contains("Feedback: about the hint") && !hint.runs.contains("about all"));
    assert!(answer.runs.contains("Feedback: about all") && !answer.runs.contains("about the hint"));
    assert!(hint.runs.contains("- question: ") && answer.runs.contains("- hint: "));
}

/// A reply that was cut is no answer.
#[tokio::test]
async fn a_step_that_failed_is_shown_with_the_error() {
    let careless = || {
        Scripted::new(|request: &ChatRequest| {
            let number = number(request.turns[0].text());
            match request.prefix.messages()[0].text().contains("use the form") {
                true => ChatReply::new(format!("[[ ## answer ## ]]\n{}", row(number).answer)),
                false => ChatReply::new("Well, let me").with_finish(FinishReason::Length),
            }
        })
    };
    let teacher = || {
        proposing(|input| match input.runs.contains("No outputs: ") {
            true => format!("{} Always use the form.", input.text),
            false => input.text.clone(),
        })
    };
    let tuned = search_with(
        careless(),
        teacher(),
        |gepa| gepa.num_generations(1),
        Run::in_memory(),
    );
    assert_eq!(tuned.await.unwrap().final_score(), Some(1.0));
    // In the source such runs are left out, and nothing can be proposed.
    let teacher = teacher();
    let set: Set = |gepa| gepa.add_format_failure_as_feedback(false);
    search_with(careless(), teacher.clone(), set, Run::in_memory())
        .await
        .unwrap();
    assert_eq!(teacher.calls(), 0);
}

/// What stands in a prompt of the proposer can be read before a run.
#[tokio::test]
async fn any_module_with_the_same_input_and_output_can_propose() {
    let model = teacher();
    let own = Predict::<ReviseText>::new(model.clone()).temperature(0.7);
    let input = ReviseTextInput {
        step: "the step".to_owned(),
        component: "the component".to_owned(),
        text: "the text".to_owned(),
        runs: "the runs".to_owned(),
        rejected: "the rejected".to_owned(),
    };
    let rendered = own.render(&input);
    let query = rendered.last().unwrap().text();
    for name in ["step", "component", "text", "runs", "rejected"] {
        assert_eq!(field(query, name), format!("the {name}"));
    }
    let system = rendered[0].text();
    assert!(
        system.contains("Rewrite this text so that the step does better"),
        "{system}"
    );

    let optimizer = GEPA::new(judge(4)).propose_with(own).num_generations(1);
    let run = Run::in_memory();
    let tuned = optimizer
        .optimize(&node_of(pupil(4)), &splits(12, 8, 0), &run)
        .await
        .unwrap();
    assert!(tuned.final_score() > Some(0.0));
    assert!(
        model
            .requests()
            .iter()
            .all(|request| request.params.temperature == Some(0.7))
    );
}

/// Without a proposer of its own, the model of the program reflects.
#[tokio::test]
async fn the_model_of_the_program_is_the_proposer_by_default() {
    let both = Scripted::new(|request: &ChatRequest| {
        match request.prefix.messages()[0]
            .text()
            .contains("[[ ## revised ## ]]")
        {
            true => says(&with_rule(&inputs(request))),
            false => dashoptimize::lm::ChatReply::new(super::pupil::answer(request, 4)),
        }
    });
    let optimizer = GEPA::new(judge(4)).max_metric_calls(400);
    let run = Run::in_memory();
    let tuned = optimizer
        .optimize(&node_of(both), &splits(12, 8, 0), &run)
        .await
        .unwrap();
    assert_eq!(tuned.final_score(), Some(1.0));
}
