//! Every kind of body that servers answer with, and what becomes of it.

use std::sync::Arc;

use dashoptimize::adapter::{Adapter, ChatAdapter, JsonAdapter};
use dashoptimize::call::{CallError, Unanswered};
use dashoptimize::lm::LmErrorKind;
use dashoptimize::module::Predict;
use serde_json::json;

use super::*;
use crate::support::server::{Answer, Server};

/// What becomes of a call.
#[derive(Debug, PartialEq)]
enum Becomes {
    Value(String),
    Unread,
    Cut,
    Refused(String),
    Failed(LmErrorKind),
}

/// The body of a response.
struct Body(String);

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<serde_json::Value> for Body {
    fn from(json: serde_json::Value) -> Self {
        Self(json.to_string())
    }
}

/// A server that always answers with this body.
struct Case {
    body: String,
    becomes: Becomes,
    /// How many requests a call sends.
    calls: usize,
    /// What the error says.
    says: &'static str,
}

fn case(body: impl Into<Body>, becomes: Becomes, calls: usize, says: &'static str) -> Case {
    Case {
        body: body.into().0,
        becomes,
        calls,
        says,
    }
}

/// Calls a program in a run, and gives what became of the call and its words.
async fn outcome(adapter: impl Adapter, body: &str) -> (Becomes, String, usize) {
    let server = Server::start([Answer::new(200, &[], body)]).await;
    let model = client(&server.url()).build().expect("good settings");
    let program = Predict::<Ask>::new(model).adapter(adapter).max_tokens(300);
    let seen = std::sync::Mutex::new(None);
    let metric = |_: &Ask, said: &AskOutput| {
        *seen.lock().expect("no test panics here") = Some(said.answer.clone());
        true
    };
    let run = Run::in_memory().retry(at_once()).max_errors(9);
    let ended = run.evaluate(&program, &[row(21)], &metric).await;
    // The error itself comes from a call outside of a run, to the same server.
    let before = server.received().len();
    let called = program.call(question()).await;
    let calls = server.received().len() - before;
    let value = seen.into_inner().expect("no test panics here");
    match (ended, called) {
        (_, Ok(output)) => {
            assert_eq!(value.as_ref(), Some(&output.answer));
            (Becomes::Value(output.answer), String::new(), calls)
        }
        (ended, Err(error)) => {
            assert_eq!(
                value, None,
                "the metric judged what a call refuses: {error}"
            );
            assert!(
                ended.is_err()
                    || ended.is_ok_and(|(_, rows)| rows[0].outcome().metric_score().is_none())
            );
            (kind(&error), error.to_string(), calls)
        }
    }
}

fn kind(error: &CallError) -> Becomes {
    match error {
        CallError::Parse { .. } => Becomes::Unread,
        CallError::Unanswered { source, .. } => match &**source {
            Unanswered::Cut { limit, .. } => {
                assert_eq!(*limit, Some(300));
                Becomes::Cut
            }
            Unanswered::Refused { words, .. } => Becomes::Refused(words.clone()),
            other => panic!("{other:?}"),
        },
        CallError::Lm { source, .. } => Becomes::Failed(source.kind()),
        other => panic!("{other}"),
    }
}

fn reply(fields: &serde_json::Value) -> String {
    let mut choice = json!({"index": 0});
    for (name, value) in fields.as_object().expect("fields") {
        choice[name] = value.clone();
    }
    let usage = json!({"prompt_tokens": 40, "completion_tokens": 12, "total_tokens": 52});
    json!({"choices": [choice], "usage": usage}).to_string()
}

fn said(content: &str, finish: &str) -> String {
    reply(&json!({"message": {"role": "assistant", "content": content}, "finish_reason": finish}))
}

const MARKED: &str = "[[ ## answer ## ]]\n";

#[tokio::test]
async fn i16_what_was_cut_refused_filtered_or_failed_is_not_a_value_with_any_adapter() {
    use Becomes::{Cut, Failed, Refused};
    use LmErrorKind::{ContentPolicy, Server as Fails};
    let message = |message: serde_json::Value, finish: &str| {
        reply(&json!({"message": message, "finish_reason": finish}))
    };
    let sorry = || Refused("I'm sorry, I can't help with that.".to_owned());
    let cases = [
        case(
            said(
                &format!("{MARKED}The capital of France is the city that lies on"),
                "length",
            ),
            Cut,
            1,
            "`max_tokens`, which is 300",
        ),
        case(
            said(&format!("{MARKED}42\n\n[[ ## completed ## ]]"), "length"),
            Cut,
            1,
            "cut",
        ),
        case(
            said("{\"answer\": \"refund", "length"),
            Cut,
            1,
            "set a higher `max_tokens`",
        ),
        case(
            said("{\"answer\": \"42\"}", "MAX_TOKENS"),
            Cut,
            1,
            "`max_tokens`",
        ),
        case(
            said(
                "<think>\nI will reply with\n[[ ## answer ## ]]\nLyon\nbut wait",
                "length",
            ),
            Cut,
            1,
            "cut",
        ),
        case(
            message(
                json!({"content": null, "reasoning_content": "Let me see"}),
                "length",
            ),
            Cut,
            1,
            "wrote nothing of the answer",
        ),
        case(
            message(
                json!({"content": null, "refusal": "I'm sorry, I can't help with that."}),
                "stop",
            ),
            sorry(),
            1,
            "refuses to answer: I'm sorry, I can't help with that.",
        ),
        case(
            message(
                json!({"content": "", "refusal": "I'm sorry, I can't help with that."}),
                "stop",
            ),
            sorry(),
            1,
            "refuses to answer",
        ),
        case(
            message(
                json!({"content": [{"type": "refusal", "refusal": "I'm sorry, I can't help with that."}]}),
                "stop",
            ),
            sorry(),
            1,
            "refuses",
        ),
        case(
            said("I can tell that the", "content_filter"),
            Failed(ContentPolicy),
            1,
            "before that the model wrote: \"I can tell",
        ),
        case(
            said("{\"answer\": \"42\"}", "SAFETY"),
            Failed(ContentPolicy),
            1,
            "refuses the content",
        ),
        case(
            reply(&json!({"message": null, "finish_reason": "content_filter"})),
            Failed(ContentPolicy),
            1,
            "refuses the content",
        ),
        case(
            reply(&json!({"finish_reason": "content_filter"})),
            Failed(ContentPolicy),
            1,
            "refuses the content",
        ),
        case(
            message(json!({"role": "assistant"}), "content_filter"),
            Failed(ContentPolicy),
            1,
            "filter",
        ),
        case(
            said("{\"answer\": \"Pari", "error"),
            Failed(Fails),
            5,
            "`error`",
        ),
        case(
            said(&format!("{MARKED}42"), "abort"),
            Failed(Fails),
            5,
            "`abort`",
        ),
        case(
            reply(
                &json!({"message": {"content": format!("{MARKED}Par")}, "error": {"code": 502, "message": "upstream died"}}),
            ),
            Failed(Fails),
            5,
            "upstream died",
        ),
        case(
            reply(
                &json!({"message": {"content": ""}, "error": {"code": 502, "message": "upstream died"}}),
            ),
            Failed(Fails),
            5,
            "upstream died",
        ),
        case(
            reply(&json!({"message": {"content": ""}, "error": {"code": 429}})),
            Failed(LmErrorKind::RateLimited),
            5,
            "429",
        ),
        case(
            reply(
                &json!({"message": {"content": "x"}, "error": {"code": "content_filter", "message": "not allowed"}}),
            ),
            Failed(ContentPolicy),
            1,
            "not allowed",
        ),
        case(
            json!({"error": {"message": "the engine is overloaded"}, "choices": [{"message": {"content": "{\"answer\": \"42\"}"}, "finish_reason": "stop"}]}),
            Failed(Fails),
            5,
            "overloaded",
        ),
    ];
    check_all(cases, true).await;
}

/// Checks all cases at the same time, since failures are tried again after a wait.
async fn check_all(cases: impl IntoIterator<Item = Case>, also_json: bool) {
    let mut checks = tokio::task::JoinSet::new();
    for case in cases {
        let case = Arc::new(case);
        if also_json {
            checks.spawn(check(Arc::clone(&case), JsonAdapter));
        }
        checks.spawn(check(case, ChatAdapter));
    }
    while let Some(checked) = checks.join_next().await {
        if let Err(failed) = checked {
            std::panic::resume_unwind(failed.into_panic());
        }
    }
}

async fn check(case: Arc<Case>, adapter: impl Adapter) {
    let name = adapter.name();
    let (became, words, called) = outcome(adapter, &case.body).await;
    let case = &*case;
    assert_eq!(
        (&became, called),
        (&case.becomes, case.calls),
        "{name}: {}: {words}",
        case.body
    );
    assert!(words.contains(case.says), "{name}: {}: {words}", case.body);
}

#[tokio::test]
async fn a_body_that_is_not_a_reply_is_shown_and_tried_again_only_where_that_can_help() {
    use Becomes::Failed;
    use LmErrorKind::{Auth, InvalidRequest, NotAReply, Protocol, Quota};
    let cases = [
        case(
            "<html><h1>Welcome</h1></html>",
            Failed(NotAReply),
            1,
            "it starts: <html><h1>Welcome",
        ),
        case(
            "Not a server of models",
            Failed(NotAReply),
            1,
            "check the base URL",
        ),
        case(
            json!({"candidates": [{"content": "42"}]}),
            Failed(NotAReply),
            1,
            "candidates",
        ),
        case(
            json!({"object": "list", "data": []}),
            Failed(NotAReply),
            1,
            "no `choices`",
        ),
        case("", Failed(Protocol), 5, "empty"),
        case(
            r#"{"choices":[{"message":{"content":"42"#,
            Failed(Protocol),
            5,
            "it starts: {\"choices\"",
        ),
        case(
            json!({"choices": []}),
            Failed(Protocol),
            5,
            "`choices` are empty",
        ),
        case(
            json!({"choices": [{"finish_reason": "stop"}]}),
            Failed(Protocol),
            5,
            "no `message`",
        ),
        case(
            json!({"object": "error", "message": "top_k is unknown", "code": 400}),
            Failed(InvalidRequest),
            1,
            "top_k is unknown",
        ),
        case(
            json!({"detail": "Not authenticated"}),
            Failed(Auth),
            1,
            "Not authenticated",
        ),
        case(
            json!({"detail": [{"msg": "field required"}]}),
            Failed(InvalidRequest),
            1,
            "field required",
        ),
        case(
            json!({"choices": null, "base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}),
            Failed(Quota),
            1,
            "insufficient balance",
        ),
        case(
            json!({"error": {"message": "prompt is too long: 9 tokens > 8 maximum"}}),
            Failed(LmErrorKind::ContextTooLong),
            1,
            "too long",
        ),
    ];
    check_all(cases, false).await;
}

#[tokio::test]
async fn a_reply_in_an_odd_body_is_read_at_the_first_attempt() {
    let usual = said(&format!("{MARKED}42"), "stop");
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"[[ ## answer ## ]]\\n4\"}}]}\n\n\
                  data: {\"choices\":[{\"delta\":{\"content\":\"2\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let bodies = [
        usual.clone(),
        format!("\u{feff}{usual}"),
        usual.replace("\"usage\"", "\"usage\":{},\"usage\""),
        usual.replace("\"index\":0", "\"index\":NaN,\"note\":\"\\ud83d\""),
        usual.replace("\"finish_reason\":\"stop\"", "\"finish_reason\":0"),
        usual.replace("\"role\":\"assistant\"", "\"refusal\":false"),
        usual.replace("42\"", "42<|im_end|>\""),
        format!("[{usual}]"),
        stream.to_owned(),
    ];
    for body in bodies {
        let (became, words, calls) = outcome(ChatAdapter, &body).await;
        assert_eq!(
            (became, calls),
            (Becomes::Value("42".to_owned()), 1),
            "{body}: {words}"
        );
    }
}

/// A server that fails inside of a reply at first is asked again, and its next reply counts.
#[tokio::test]
async fn a_failure_inside_of_a_reply_is_tried_again() {
    let failed = said(&format!("{MARKED}wrong"), "error");
    let server = Server::start([
        Answer::new(200, &[], failed),
        Answer::text("[[ ## answer ## ]]\n42"),
    ])
    .await;
    let program = Predict::<Ask>::new(client(&server.url()).build().expect("good settings"));
    let output = evaluated(
        &program,
        1,
        Run::in_memory(),
        &|gold: &Ask, said: &AskOutput| {
            assert_eq!(said.answer, "42");
            gold.answer == said.answer
        },
    );
    let (evaluation, _) = output.await.expect("an evaluation");
    assert_eq!(
        (server.received().len(), evaluation.measured.scored()),
        (2, 1)
    );
}
