//! Failures of a proposer leave the run going, or end it as they end every run.

use dashoptimize::engine::{Run, Stop};
use dashoptimize::lm::{ChatReply, ChatRequest, FinishReason, LmError, LmErrorKind, Retry};

use super::{instructions, optimize, zero_shot};
use crate::support::coach::{Coach, GOOD, asks_for};
use crate::support::quiz::splits;

type Failing = fn() -> Result<ChatReply, LmError>;

fn error(kind: LmErrorKind) -> Result<ChatReply, LmError> {
    Err(LmError::new(kind, "it failed"))
}

/// What a proposer can do wrong, by name.
const FAILURES: [(&str, Failing); 11] = [
    ("unreadable", || Ok(ChatReply::new(""))),
    ("empty", || {
        Ok(ChatReply::new("[[ ## proposed_instruction ## ]]\n\n"))
    }),
    ("cut", || {
        let reply = ChatReply::new("[[ ## proposed_instruction ## ]]\nAnsw");
        Ok(reply.with_finish(FinishReason::Length))
    }),
    ("refused", || {
        Ok(ChatReply::new("I will not.").with_finish(FinishReason::Refusal))
    }),
    ("an open fence", || {
        Ok(ChatReply::new(
            "[[ ## proposed_instruction ## ]]\n```\nAnswer.",
        ))
    }),
    ("filtered", || error(LmErrorKind::ContentPolicy)),
    ("server", || error(LmErrorKind::Server)),
    ("time-out", || error(LmErrorKind::Timeout)),
    ("rate limit", || error(LmErrorKind::RateLimited)),
    ("too long", || error(LmErrorKind::ContextTooLong)),
    ("invalid", || error(LmErrorKind::InvalidRequest)),
];

fn run() -> Run {
    Run::in_memory().seed(1).retry(Retry::none())
}

fn failing_at(field: &'static str, sample: Option<u32>, failure: Failing) -> Coach {
    Coach::default().but(move |request: &ChatRequest| {
        let is_it = asks_for(request, field) && sample.is_none_or(|s| request.sample == s);
        is_it.then(failure)
    })
}

#[tokio::test]
async fn a_proposal_that_fails_is_left_out() {
    for (name, failure) in FAILURES {
        let lm = failing_at("proposed_instruction", Some(1), failure);
        let tuned = optimize(&zero_shot(), &lm, &splits(10, 20, 0), &run()).await;
        let tuned = tuned.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(tuned.report.tried.len(), 5, "{name}: one of six is missing");
        assert!(instructions(&tuned).unwrap().contains(GOOD), "{name}");
    }
}

#[tokio::test]
async fn without_any_proposal_the_program_stays_as_it_is() {
    for (name, failure) in FAILURES {
        let lm = failing_at("proposed_instruction", None, failure);
        let tuned = optimize(&zero_shot(), &lm, &splits(10, 20, 0), &run()).await;
        let tuned = tuned.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(tuned.tuned, tuned.original, "{name}");
        assert_eq!(tuned.report.tried.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_description_that_fails_is_replaced_by_words_that_say_so() {
    for field in [
        "observations",
        "summary",
        "program_description",
        "module_description",
    ] {
        for (name, failure) in FAILURES {
            let lm = failing_at(field, None, failure);
            let tuned = optimize(&zero_shot(), &lm, &splits(10, 20, 0), &run()).await;
            let tuned = tuned.unwrap_or_else(|error| panic!("{field}, {name}: {error}"));
            assert!(
                instructions(&tuned).unwrap().contains(GOOD),
                "{field}, {name}"
            );
            // An empty description is one.
            let proposals = lm.asked_for("proposed_instruction");
            let is_said = proposals[0].turns[0].text().contains("not stated");
            assert!(is_said || name == "empty", "{field}, {name}");
        }
    }
}

/// What every other call would meet as well ends the run, wherever it happens.
#[tokio::test]
async fn a_refused_key_ends_the_run() {
    for field in [
        "observations",
        "summary",
        "program_description",
        "proposed_instruction",
    ] {
        let lm = failing_at(field, None, || error(LmErrorKind::Auth));
        let ended = optimize(&zero_shot(), &lm, &splits(10, 20, 0), &run()).await;
        let error = ended.expect_err("nothing can be called");
        let is_provider = matches!(&*error.stop, Stop::Provider(_));
        assert!(is_provider, "{field}: {error}");
    }
}
