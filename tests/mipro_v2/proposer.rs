//! What the proposer is asked, and with what.

use dashoptimize::call::{CallError, Context};
use dashoptimize::engine::Run;
use dashoptimize::lm::{ChatRequest, Purpose, Scripted};
use dashoptimize::module::{Module, ModuleExt, Predictor};
use dashoptimize::optimizer::mipro_v2::GroundedProposerInput;
use dashoptimize::optimizer::{MIPROv2Mode, Search};
use serde_json::json;

use super::{Node, instructions, mipro, optimize, tuned, zero_shot};
use crate::support::coach::{Coach, GOOD};
use crate::support::quiz::{Quiz, is_right, node, rows, splits};

/// Everything that the request shows.
fn text(request: &ChatRequest) -> String {
    let messages = request.messages().map(|message| message.text().to_owned());
    messages.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn temperature_and_sample_are_sent_with_every_proposal() {
    let lm = Coach::default();
    tuned(&zero_shot().init_temperature(0.7), &lm).await;
    for field in [
        "observations",
        "summary",
        "program_description",
        "proposed_instruction",
    ] {
        for request in lm.asked_for(field) {
            assert_eq!(request.params.temperature, Some(0.7), "{field}");
        }
    }
    let proposals = lm.asked_for("proposed_instruction").into_iter();
    let mut samples: Vec<u32> = proposals.map(|request| request.sample).collect();
    samples.sort_unstable();
    assert_eq!(samples, [1, 2, 3, 4, 5]);
    let tasks = lm.asked_for("answer");
    assert!(
        tasks
            .iter()
            .all(|request| request.params.temperature.is_none())
    );
}

#[tokio::test]
async fn a_proposer_is_shown_training_rows_program_demos_and_tips() {
    let lm = Coach::default();
    let optimizer = mipro().mode(MIPROv2Mode::Heavy);
    let _ = tuned(&optimizer, &lm).await;
    let described: Vec<String> = lm.asked_for("observations").iter().map(text).collect();
    assert!(
        described[0].contains("the word of number 0?"),
        "{}",
        described[0]
    );
    let proposals: Vec<String> = lm
        .asked_for("proposed_instruction")
        .iter()
        .map(text)
        .collect();
    for proposal in &proposals {
        assert!(proposal.contains("Questions for the words of numbers."));
        assert!(proposal.contains("`quiz` (question -> answer): Answer with the word."));
        assert!(proposal.contains("It answers questions."));
        // Up to three runs that passed.
        assert!(proposal.contains("Answer: word"), "{proposal}");
    }
    let tips = [
        "Be creative",
        "Keep the",
        "Make the",
        "what depends on",
        "a role that fits",
    ];
    let given = tips
        .iter()
        .filter(|tip| proposals.iter().any(|shown| shown.contains(**tip)));
    assert!(given.count() > 1, "tips are drawn");
}

/// The rows by which candidates are chosen and judged are shown to no proposer.
#[tokio::test]
async fn a_proposer_never_sees_validation_or_holdout_rows() {
    let lm = Coach::default();
    let run = Run::in_memory();
    let data = splits(10, 20, 30);
    optimize(&mipro(), &lm, &data, &run).await.unwrap();
    let fields = [
        "observations",
        "summary",
        "program_description",
        "module_description",
    ];
    let asked = fields.iter().chain(&["proposed_instruction"]);
    let asked: Vec<ChatRequest> = asked.flat_map(|field| lm.asked_for(field)).collect();
    assert!(asked.len() > 5);
    for request in &asked {
        let shown = text(request);
        for hidden in 10..60 {
            assert!(!shown.contains(&format!("number {hidden}?")), "{shown}");
        }
    }
}

#[tokio::test]
async fn every_part_of_what_it_is_shown_can_be_left_out() {
    let lm = Coach::default();
    let bare = mipro()
        .program_aware_proposer(false)
        .data_aware_proposer(false)
        .tip_aware_proposer(false)
        .fewshot_aware_proposer(false);
    tuned(&bare, &lm).await;
    for field in [
        "observations",
        "summary",
        "program_description",
        "module_description",
    ] {
        assert!(lm.asked_for(field).is_empty(), "{field}");
    }
    for request in lm.asked_for("proposed_instruction") {
        let shown = request.turns[0].text();
        assert!(!shown.contains("word of number"), "{shown}");
        // Data, descriptions, demos, history and tip.
        assert_eq!(shown.matches("not stated").count(), 6, "{shown}");
    }
}

#[tokio::test]
async fn with_its_history_a_proposer_sees_what_it_proposed_before() {
    let lm = Coach::default();
    tuned(&zero_shot().history_aware_proposer(true), &lm).await;
    let proposals = lm.asked_for("proposed_instruction");
    let shown: Vec<&str> = proposals
        .iter()
        .map(|request| request.turns[0].text())
        .collect();
    assert!(shown[0].contains("- the given one: Answer with the word."));
    assert!(!shown[0].contains("- Please"));
    assert!(shown[4].contains("- Please answer in manner 1.\n- Please take your time."));
}

#[tokio::test]
async fn another_model_proposes_and_is_declared() {
    let (task, other) = (Coach::default(), Coach::named("other"));
    let optimizer = zero_shot().proposer(other.clone());
    let models: Vec<String> = Search::<Node, Quiz>::models(&optimizer)
        .iter()
        .map(|lm| lm.info().id.clone())
        .collect();
    assert_eq!(models, ["other"]);
    let tuned = tuned(&optimizer, &task).await;
    assert!(instructions(&tuned).unwrap().contains(GOOD));
    assert!(task.asked_for("proposed_instruction").is_empty());
    assert_eq!(
        other.calls(),
        tuned.report.ledger.for_purpose(Purpose::Propose).calls
    );
}

/// Proposes what it is told, without a model.
#[derive(Clone)]
struct Fixed(&'static str);

impl Module for Fixed {
    type Input = GroundedProposerInput;
    type Output = String;

    async fn forward(
        &self,
        _: &Context<'_>,
        input: GroundedProposerInput,
    ) -> Result<String, CallError> {
        Ok(format!("{} {}", input.basic_instruction, self.0))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        Vec::new()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        Vec::new()
    }
}

#[tokio::test]
async fn a_module_of_ones_own_proposes() {
    let lm = Coach::default();
    let optimizer = zero_shot().propose_with(Fixed(GOOD));
    let tuned = tuned(&optimizer, &lm).await;
    let expected = format!("Answer with the word. {GOOD}");
    assert_eq!(instructions(&tuned), Some(&*expected));
    // All other proposals are the same one.
    assert_eq!(tuned.report.tried.len(), 2);
}

/// A run belongs to its settings, and to the prompts of a proposer of one's own.
#[test]
fn settings_say_what_the_search_does() {
    let settings =
        |optimizer: &dyn Fn() -> super::Mipro| Search::<Node, Quiz>::settings(&optimizer());
    let default = settings(&mipro);
    assert_eq!(default["mode"], json!("light"));
    assert_eq!(default["max_labeled_demos"], json!(4));
    assert_eq!(default["init_temperature"], json!(1.0));
    assert_eq!(default.get("proposer"), None);
    let own = settings(&|| {
        let lm = Scripted::replies([""]);
        mipro().propose_with(dashoptimize::optimizer::mipro_v2::GroundedProposer::new(lm))
    });
    assert_eq!(own["proposer"].as_array().unwrap().len(), 3);
    let other = settings(&|| mipro().minibatch_full_eval_steps(2));
    assert_ne!(other, default);
}

#[tokio::test]
async fn an_optimizer_may_be_used_twice_and_leaves_program_and_data_as_they_are() {
    let lm = Coach::default();
    let (student, data) = (node(lm), splits(20, 20, 0));
    let before = student.state();
    let optimizer = mipro();
    let one = optimizer
        .optimize(&student, &data, &Run::in_memory())
        .await
        .unwrap();
    let two = optimizer
        .optimize(&student, &data, &Run::in_memory())
        .await
        .unwrap();
    assert_eq!(one.tuned, two.tuned);
    assert_eq!(student.state(), before);
    let run = Run::in_memory();
    let rows = rows(20..40);
    let (evaluation, _) = run.evaluate(&one.program, &rows, &is_right).await.unwrap();
    assert_eq!(
        evaluation.measured.score(),
        one.final_score(),
        "the reported score is measured"
    );
}
