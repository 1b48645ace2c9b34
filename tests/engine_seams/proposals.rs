//! What becomes of the texts that a proposer writes.

use dashoptimize::call::CallError;
use dashoptimize::engine::{Component, Edit, ProposalRequest, ProposalRules, Rejection, Room};
use dashoptimize::lm::{ChatReply, FinishReason};
use dashoptimize::prelude::*;

use super::*;

/// Write a better instruction.
#[signature]
struct Rewrite {
    #[input]
    instruction: String,
    #[output]
    better: String,
}

type Proposals = Vec<Result<Edit, Rejection>>;

fn instructions() -> Component {
    Component::instructions("quiz")
}

/// The proposals of a model that writes what the samples say, in their order.
async fn proposals_of(
    replies: Vec<ChatReply>,
    rules: ProposalRules,
    rows: [usize; 2],
    folder: Option<&Path>,
) -> (Proposals, Vec<Event>) {
    let samples = u32::try_from(replies.len()).unwrap();
    let lm = Lm::new(
        Scripted::new(move |request: &ChatRequest| replies[request.sample as usize].clone())
            .with_id("proposer"),
    );
    let proposer = Predict::<Rewrite>::new(lm.clone());
    let found = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&found);
    let optimizer = searching(move |study: &Study<'_, Node, Quiz>| {
        let (keep, proposer) = (Arc::clone(&keep), proposer.clone());
        Box::pin(async move {
            let text = instructions().text(study.student()).unwrap();
            let request = |sample| {
                let input = |_: Room| RewriteInput {
                    instruction: text.clone(),
                };
                ProposalRequest::new(study.base(), [instructions()], input)
                    .sample(sample)
                    .temperature(1.0)
            };
            let requests: Vec<_> = (0..samples).map(request).collect();
            let read = |output: RewriteOutput| vec![output.better];
            let proposals = study.propose(&proposer, &requests, read).await?;
            *keep.lock().unwrap() = proposals;
            Ok(study.base().clone())
        })
    });
    let seen = Seen::default();
    let run = match folder {
        Some(folder) => Run::folder(folder),
        None => Run::in_memory(),
    };
    let run = run.proposals(rules).observer(seen.clone());
    let parts = [rows[0], rows[1], 0];
    let ended = optimize(&optimizer.model(lm), Learner::default(), parts, run).await;
    ended.unwrap();
    let proposals = std::mem::take(&mut *found.lock().unwrap());
    (proposals, seen.events())
}

/// Keeps all events.
#[derive(Clone, Debug, Default)]
struct Seen(Arc<Mutex<Vec<Event>>>);

impl Seen {
    fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }
}

impl Observer for Seen {
    fn on_event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

fn says(better: &str) -> ChatReply {
    ChatReply::new(format!(
        "[[ ## better ## ]]\n{better}\n\n[[ ## completed ## ]]"
    ))
}

async fn proposals(texts: &[&str]) -> Proposals {
    let replies = texts.iter().map(|text| says(text)).collect();
    proposals_of(replies, ProposalRules::DEFAULT, [5, 5], None)
        .await
        .0
}

fn rules(proposals: &Proposals) -> Vec<&str> {
    let rule = |proposal: &Result<Edit, Rejection>| match proposal {
        Ok(_) => "accepted",
        Err(rejection) => rejection.rule(),
    };
    // The names are const data of the library.
    proposals.iter().map(rule).collect()
}

#[tokio::test]
async fn a_text_is_taken_without_what_stands_around_it() {
    let cases = [
        ("  Say the word.\n", "Say the word."),
        ("\"Say it at once.\"", "Say it at once."),
        ("“Only the word.”", "Only the word."),
        ("```\nGive the word.\n```", "Give the word."),
        ("```text\nWord by number.\n```\n", "Word by number."),
        ("```markdown\n# Task\nFind it.\n```", "# Task\nFind it."),
        (
            "\"Yes\" is no answer, \"no\"",
            "\"Yes\" is no answer, \"no\"",
        ),
        ("Use `code` as it stands.", "Use `code` as it stands."),
        ("Show:\n```\nword\n```", "Show:\n```\nword\n```"),
        (
            "<think>short</think>\nSay the word at once.",
            "Say the word at once.",
        ),
        (
            "Think inside of <think> tags.",
            "Think inside of <think> tags.",
        ),
        (
            "Think in `<think>` and say it.",
            "Think in `<think>` and say it.",
        ),
    ];
    let found = proposals(&cases.map(|(written, _)| written)).await;
    for ((written, text), proposal) in cases.iter().zip(&found) {
        let edit = proposal
            .as_ref()
            .unwrap_or_else(|error| panic!("{written}: {error}"));
        assert_eq!(edit.text(), *text, "{written}");
        let state = &edit.state().predictors["quiz"];
        assert_eq!(state.instructions.as_deref(), Some(*text));
    }
}

#[tokio::test]
async fn what_is_no_text_is_a_rejection_and_no_end() {
    let cut = says("Answer with").with_finish(FinishReason::Length);
    let refused = ChatReply::new("I cannot help with that.").with_finish(FinishReason::Refusal);
    let replies = vec![
        ChatReply::new(""),
        says(""),
        says("``` \n```"),
        says("\"\""),
        cut,
        refused,
        says("```\nAnswer with the"),
        says("Steps:\n~~~python\nprint(1)"),
        says("Answer. <think>or is it"),
        says("A text that is fine."),
    ];
    let (found, events) = proposals_of(replies, ProposalRules::DEFAULT, [5, 5], None).await;
    assert_eq!(
        rules(&found),
        [
            "unreadable",
            "empty",
            "empty",
            "empty",
            "cut_off",
            "refused",
            "cut_off",
            "cut_off",
            "cut_off",
            "accepted"
        ]
    );
    let told = events.iter().filter_map(|event| match event {
        Event::ProposalRejected {
            rejection,
            parent,
            components,
            ..
        } => {
            assert_eq!((*parent, &components[..]), (0, &[instructions()][..]));
            Some(rejection.clone())
        }
        _ => None,
    });
    let rejections: Vec<_> = found.into_iter().filter_map(Result::err).collect();
    assert_eq!(
        told.collect::<Vec<_>>(),
        rejections,
        "each is told, in order"
    );
}

#[tokio::test]
async fn a_text_that_is_known_is_turned_away() {
    let given = "Answer with the word.";
    let found = proposals(&[
        "Say it.",
        given,
        " Say it. ",
        "Say it now.",
        "\"Say it now.\"",
    ])
    .await;
    assert_eq!(
        rules(&found),
        ["accepted", "known", "known", "accepted", "known"]
    );
    let words = found[1].as_ref().unwrap_err().to_string();
    assert_eq!(words, "the program would be equal to the program as given");
    let words = found[2].as_ref().unwrap_err().to_string();
    assert_eq!(words, "the program would be equal to an earlier proposal");
}

/// Accepted or not, a proposal is in the log with its text and the reason.
#[tokio::test]
async fn every_proposal_has_a_line_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let texts = [
        "Say it.",
        " Say it. ",
        "```\nSay it now.",
        "Say it at once.",
    ];
    let replies = texts.map(says).into();
    let rules_of = ProposalRules::DEFAULT;
    let (found, _) = proposals_of(replies, rules_of, [5, 5], Some(folder.path())).await;
    assert_eq!(rules(&found), ["accepted", "known", "cut_off", "accepted"]);
    let log = std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    let lines: Vec<serde_json::Value> = lines
        .filter(|line: &serde_json::Value| line["candidate"].is_null())
        .collect();
    let decisions: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["decision"].as_str())
        .collect();
    assert_eq!(decisions, ["accepted", "rejected", "rejected", "accepted"]);
    for (line, (proposal, text)) in lines.iter().zip(found.iter().zip(texts)) {
        assert_eq!(line["parents"], serde_json::json!([0]));
        assert_eq!(line["texts"]["instructions of `quiz`"], text.trim());
        if let Err(rejection) = proposal {
            assert_eq!(line["rule"], rejection.rule());
            assert_eq!(line["reason"], rejection.to_string());
        }
    }
}

/// Where chance has decided, a text may come again; where all validation rows have, it may not.
#[tokio::test]
async fn a_text_may_be_tried_again_until_it_is_evaluated() {
    let texts = ["Say it.", "Say it.", "Say it.", "Answer with the word."];
    let lm = Lm::new(Scripted::new(move |request: &ChatRequest| {
        says(texts[request.sample as usize])
    }));
    let proposer = Predict::<Rewrite>::new(lm.clone());
    let found = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&found);
    let optimizer = searching(move |study: &Study<'_, Node, Quiz>| {
        let (keep, proposer) = (Arc::clone(&keep), proposer.clone());
        Box::pin(async move {
            let instruction = instructions().text(study.student()).unwrap();
            for sample in 0..4 {
                let input = |_: Room| RewriteInput {
                    instruction: instruction.clone(),
                };
                let request = ProposalRequest::new(study.base(), [instructions()], input);
                let requests = [request.sample(sample).tries_again()];
                let read = |output: RewriteOutput| vec![output.better];
                let proposal = study.propose(&proposer, &requests, read).await?.remove(0);
                if sample == 1 {
                    let state = proposal.as_ref().unwrap().state();
                    study.evaluate(&study.candidate("again", state)?).await?;
                }
                keep.lock().unwrap().push(proposal);
            }
            Ok(study.base().clone())
        })
    });
    let run = Run::in_memory();
    let ended = optimize(&optimizer.model(lm), Learner::default(), [5, 5, 0], run).await;
    ended.unwrap();
    let found = std::mem::take(&mut *found.lock().unwrap());
    assert_eq!(rules(&found), ["accepted", "accepted", "known", "known"]);
}

#[tokio::test]
async fn texts_have_a_ceiling() {
    let long = "word ".repeat(300);
    let rules_of = ProposalRules::DEFAULT.artifact_tokens(200);
    let (found, _) = proposals_of(vec![says(&long), says("Short.")], rules_of, [5, 5], None).await;
    assert_eq!(rules(&found), ["too_long", "accepted"]);
    assert!(matches!(
        found[0].as_ref().unwrap_err(),
        Rejection::TooLong {
            ceiling: 200,
            tokens: 375..,
            ..
        }
    ));
}

#[tokio::test]
async fn a_training_row_is_not_copied() {
    let rules_of = ProposalRules::DEFAULT.copied_chars(30);
    // `what is the word of number 3?` has 29 characters, that of row 12 has 30.
    let texts = [
        "For what is the word of number 3? say it.",
        "For what is the word of number 12? say it.",
        "For what   is the\nword of number 12? say it now.",
        // Row 25 is one of the validation part, which no proposer is shown.
        "For what is the word of number 25? say it.",
    ];
    let replies = texts.map(says).into();
    let (found, _) = proposals_of(replies, rules_of, [20, 10], None).await;
    assert_eq!(
        rules(&found),
        ["accepted", "copies_row", "copies_row", "accepted"]
    );
    let words = found[1].as_ref().unwrap_err().to_string();
    assert!(words.contains("training row 12"), "{words}");
}

#[tokio::test]
async fn a_proposer_that_fails_or_panics_gives_a_rejection() {
    let failing = Scripted::new(|request: &ChatRequest| match request.sample {
        0 => Err(LmError::new(LmErrorKind::InvalidRequest, "no such thing")),
        _ => Ok("[[ ## better ## ]]\nSay it."),
    });
    let lm = Lm::new(failing.with_id("proposer"));
    let proposer = Panics(Predict::<Rewrite>::new(lm.clone()));
    let optimizer = searching(move |study: &Study<'_, Node, Quiz>| {
        let proposer = proposer.clone();
        Box::pin(async move {
            let request = |sample| {
                let input = move |_: Room| RewriteInput {
                    instruction: format!("{sample}"),
                };
                ProposalRequest::new(study.base(), [instructions()], input).sample(sample)
            };
            let requests: Vec<_> = (0..3).map(request).collect();
            let read = |output: RewriteOutput| vec![output.better];
            let found = study.propose(&proposer, &requests, read).await?;
            assert_eq!(rules(&found), ["unanswered", "accepted", "unanswered"]);
            let words = found[2].as_ref().unwrap_err().to_string();
            assert!(words.contains("the proposer panicked: at 2"), "{words}");
            Ok(study.base().clone())
        })
    });
    let run = Run::in_memory();
    let ended = optimize(&optimizer.model(lm), Learner::default(), [3, 3, 0], run).await;
    ended.unwrap();
}

/// A proposer of a user, which has a mistake.
#[derive(Clone)]
struct Panics(Predict<Rewrite>);

impl Module for Panics {
    type Input = RewriteInput;
    type Output = RewriteOutput;

    async fn forward(
        &self,
        context: &Context<'_>,
        input: RewriteInput,
    ) -> Result<RewriteOutput, CallError> {
        assert!(input.instruction != "2", "at {}", input.instruction);
        self.0.forward(context, input).await
    }

    fn predictors(&self) -> Vec<&dashoptimize::module::Predictor> {
        self.0.predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut dashoptimize::module::Predictor> {
        self.0.predictors_mut()
    }
}

#[tokio::test]
async fn a_prompt_that_is_too_long_is_asked_again_with_half_of_the_room() {
    let model = Scripted::new(|request: &ChatRequest| match request.bytes() > 4_000 {
        true => Err(LmError::new(LmErrorKind::ContextTooLong, "too long")),
        false => Ok("[[ ## better ## ]]\nSay it."),
    });
    let lm = Lm::new(model.clone().with_id("proposer"));
    let proposer = Predict::<Rewrite>::new(lm.clone());
    let optimizer = searching(move |study: &Study<'_, Node, Quiz>| {
        let proposer = proposer.clone();
        Box::pin(async move {
            let row = "x".repeat(396);
            let input = |room: Room| RewriteInput {
                instruction: room.fit((0..100).map(|_| row.as_str())),
            };
            let request = ProposalRequest::new(study.base(), [instructions()], input);
            let read = |output: RewriteOutput| vec![output.better];
            let found = study.propose(&proposer, &[request], read).await?;
            assert_eq!(rules(&found), ["accepted"]);
            Ok(study.base().clone())
        })
    });
    let run = Run::in_memory().proposals(ProposalRules::DEFAULT.prompt_tokens(6_400));
    let ended = optimize(&optimizer.model(lm), Learner::default(), [3, 3, 0], run).await;
    ended.unwrap();
    assert_eq!(model.calls(), 4, "with 6400, 3200, 1600 and 800 tokens");
}

#[tokio::test]
async fn equal_texts_are_equal_states() {
    let program = node(Learner::default());
    let (component, mut state) = (instructions(), program.state());
    let given = program.state();
    component.set(&program, &mut state, "Say it.");
    assert_ne!(program.with_state(&state).unwrap().state(), given);
    component.set(&program, &mut state, "Answer with the word.");
    assert_eq!(
        state,
        program.state(),
        "what the signature says is no change"
    );
    let prefix = Component::prefix("quiz", "answer");
    prefix.set(&program, &mut state, "The word:");
    assert_eq!(
        state.predictors["quiz"].fields["answer"].prefix.as_deref(),
        Some("The word:")
    );
    prefix.set(&program, &mut state, &prefix.text(&program).unwrap());
    assert_eq!(state, program.state());
    assert_eq!(Component::desc("quiz", "nothing").text(&program), None);
}

/// What is turned away decides what is tried.
#[tokio::test]
async fn i5_a_run_is_resumed_only_with_the_same_rules_for_proposals() {
    let folder = tempfile::tempdir().unwrap();
    let search =
        || searching(|study: &Study<'_, Node, Quiz>| Box::pin(async { Ok(study.base().clone()) }));
    let run = |rules| Run::folder(folder.path()).proposals(rules);
    let (rules, parts) = (ProposalRules::DEFAULT, [5, 5, 0]);
    let first = optimize(&search(), Learner::default(), parts, run(rules)).await;
    first.unwrap();
    for other in [
        rules.prompt_tokens(500),
        rules.artifact_tokens(500),
        rules.copied_chars(500),
    ] {
        let again = optimize(&search(), Learner::default(), parts, run(other)).await;
        let words = again.unwrap_err().to_string();
        assert!(words.contains("proposals"), "{words}");
    }
    let again = optimize(&search(), Learner::default(), parts, run(rules)).await;
    again.unwrap();
}
