use proptest::prelude::*;

use super::*;
use crate::lm::tool::ToolCall;

fn read(body: &str) -> ChatReply {
    decode(body.as_bytes()).expect(body)
}

/// A reply of one choice, whose fields are these.
fn choice(fields: &str) -> String {
    format!(r#"{{"choices":[{{{fields}}}],"usage":{{"prompt_tokens":9,"completion_tokens":4}}}}"#)
}

#[test]
fn a_whole_reply_is_read() {
    let reply = read(
        r#"{"id":"x","object":"chat.completion","choices":[{"index":0,"finish_reason":"length",
            "logprobs":null,"message":{"role":"assistant","content":"Hi","refusal":null}}],
            "usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13,
            "prompt_tokens_details":{"cached_tokens":4}}}"#,
    );
    assert_eq!(reply.text, "Hi");
    assert_eq!(reply.finish, FinishReason::Length);
    assert_eq!(reply.usage, Some(Usage::new(10, 3).with_cached(4)));
}

#[test]
fn no_way_to_write_a_body_loses_its_reply() {
    let usual = choice(r#""message":{"content":"Paris"},"finish_reason":"stop""#);
    let in_message =
        |message: &str| choice(&format!(r#""message":{message},"finish_reason":"stop""#));
    let bodies = [
        usual.clone(),
        format!("\u{feff}{usual}"),
        format!("\n\n  {usual}\n"),
        format!("[{usual}]"),
        format!(r#"{{"data":{usual},"code":0}}"#),
        format!(r#"{{"success":true,"errors":[],"result":{usual}}}"#),
        serde_json::to_string(&usual).expect("JSON"),
        format!("{usual}\n[DONE]"),
        usual.replace("\"choices\":[{", "\"choices\":{").replace("}],", "},"),
        usual.replace("\"usage\"", "\"error\":null,\"usage\""),
        usual.replace("\"usage\"", "\"base_resp\":{\"status_code\":0,\"status_msg\":\"\"},\"usage\""),
        usual.replace("\"usage\"", "\"usage\":null,\"usage\""),
        usual.replace("\"usage\"", "\"score\":NaN,\"usage\""),
        usual.replace("\"message\"", "\"logprobs\":[-Infinity],\"message\""),
        usual.replace("\"message\"", r#""warning":"\ud83d","message""#),
        usual.replace("\"message\"", "\"note\":\"two\nlines\",\"message\""),
        in_message(r#"{"content":"Paris","refusal":false}"#),
        in_message(r#"{"content":"Paris","refusal":""}"#),
        in_message(r#"{"content":"Paris","content":"Paris"}"#),
        in_message(r#"{"content":"Paris","content":null}"#),
        in_message(r#"{"content":"Paris","tool_calls":[],"function_call":null}"#),
        in_message(r#"{"content":["Par","is"]}"#),
        in_message(r#"{"content":{"type":"text","text":"Paris"}}"#),
        in_message(r#"{"content":[{"type":"output_text","text":"Paris"}]}"#),
        in_message(r#"{"content":[{"type":"text","text":{"value":"Paris","annotations":[]}}]}"#),
        in_message(r#"{"content":[{"type":"reasoning","text":"It could be Lyon."},{"type":"text","text":"Paris"}]}"#),
        in_message(r#"{"content":[{"type":"thinking","thinking":"Lyon?"},{"text":"Paris"}]}"#),
        in_message(r#"{"content":[{"text":"Lyon?","thought":true},{"text":"Paris"}]}"#),
        in_message(r#"{"content":"Paris","reasoning_content":"Lyon?","reasoning":"Lyon?"}"#),
        in_message(r#""Paris""#),
        in_message(r#"["Paris"]"#),
        choice(r#""text":"Paris","finish_reason":"stop""#),
        choice(r#""delta":{"content":"Paris"},"message":null,"finish_reason":"stop""#),
        in_message(r#"{"content":"Paris<|im_end|>"}"#),
        in_message(r#"{"content":"Paris</s>"}"#),
        in_message(r#"{"content":"Paris<|eot_id|>\n"}"#),
        in_message(r#"{"content":"Paris<|im_end|>\n<|im_start|>user\nAnd Lyon?"}"#),
        in_message(r#"{"content":"Paris<end_of_turn></s>"}"#),
        format!("data: {usual}\n\ndata: [DONE]\n\n"),
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n\
         data: {\"choices\":[{\"delta\":{\"content\":\"Par\"},\"finish_reason\":null}]}\r\n\r\n\
         : a comment\n\nevent: piece\ndata: {\"choices\":[{\"delta\":{\"content\":\"is\"}}]}\n\n\
         data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
         data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}\n\ndata: [DONE]\n"
            .to_owned(),
    ];
    for body in bodies {
        let reply = read(&body);
        let read = (reply.text.trim_end(), reply.finish, reply.usage);
        assert_eq!(
            read,
            ("Paris", FinishReason::Stop, Some(Usage::new(9, 4))),
            "{body}"
        );
    }
}

#[test]
fn the_text_of_a_reply_is_kept_as_it_is() {
    for (content, text) in [
        (r#""<s>old</s>""#, "<s>old</s>"),
        (r#""a <s>b</s> <s>c</s>""#, "a <s>b</s> <s>c</s>"),
        (
            r#""the mark <|im_end|> ends a turn""#,
            "the mark <|im_end|> ends a turn",
        ),
        (r#"" Paris \n""#, " Paris \n"),
        (r#"{"text":"x","price":1}"#, r#"{"text":"x","price":1}"#),
        (r#"{"type":"refund","b":1}"#, r#"{"type":"refund","b":1}"#),
        (r#"[{"name":"Ana"}]"#, r#"[{"name":"Ana"}]"#),
        ("[1,2]", "[1,2]"),
        // What the server has read is taken as the model wrote it.
        ("1.50", "1.50"),
        ("1e2", "1e2"),
        ("-0", "-0"),
        ("0.1000000000000000055", "0.1000000000000000055"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        (r#"{"price":  1.10}"#, r#"{"price":  1.10}"#),
        ("[1.10, 1e2]", "[1.10, 1e2]"),
        (
            r#"{"content": 2.0, "text": 3.0}"#,
            r#"{"content": 2.0, "text": 3.0}"#,
        ),
        (r#"{"text": 2.50}"#, "2.50"),
        (r#"[{"type": "text", "text": 2.50}]"#, "2.50"),
        ("4", "4"),
        ("true", "true"),
        (r#""cut \ud83d off""#, "cut \u{fffd} off"),
        ("null", ""),
    ] {
        let body = choice(&format!(
            r#""message":{{"content":{content}}},"finish_reason":"stop""#
        ));
        assert_eq!(read(&body).text, text, "{content}");
    }
    let bytes =
        b"{\"choices\":[{\"message\":{\"content\":\"caf\xe9\"},\"finish_reason\":\"stop\"}]}";
    assert_eq!(decode(bytes).expect("a reply").text, "caf\u{fffd}");
}

#[test]
fn a_number_is_not_written_anew_in_any_odd_body() {
    let usual = choice(r#""message":{"content":1.50},"finish_reason":"stop""#);
    let streamed =
        "data: {\"choices\":[{\"delta\":{\"content\":1.50},\"finish_reason\":\"stop\"}]}\n\n";
    for body in [
        format!("[{usual}]"),
        format!(r#"{{"data":{usual}}}"#),
        serde_json::to_string(&usual).expect("JSON"),
        choice(r#""text":1.50,"finish_reason":"stop""#),
        choice(r#""delta":{"content":1.50},"finish_reason":"stop""#),
        streamed.to_owned(),
    ] {
        assert_eq!(read(&body).text, "1.50", "{body}");
    }
    for message in [
        r#"{"tool_calls":[{"function":{"name":"add","arguments":{"a":  1.50}}}]}"#,
        r#"{"function_call":{"name":"add","arguments":{"a":  1.50}}}"#,
        r#"{"content":[{"type":"tool_use","name":"add","input":{"a":  1.50}}]}"#,
    ] {
        let body = choice(&format!(
            r#""message":{message},"finish_reason":"tool_calls""#
        ));
        let add = ToolCall::new("", "add", r#"{"a":  1.50}"#);
        assert_eq!(read(&body).tool_calls, [add], "{message}");
    }
}

#[test]
fn i16_a_reply_that_ended_because_the_context_is_full_is_a_prompt_that_is_too_long() {
    for reason in [
        r#""finish_reason":"model_context_window_exceeded""#,
        r#""finish_reason":"model_length""#,
        r#""finish_reason":"stop","finish_reason":"context_length""#,
        r#""finish_reason":null,"native_finish_reason":"CONTEXT_WINDOW_EXCEEDED""#,
    ] {
        for message in [r#"{"content":"Paris"}"#, r#"{"content":null}"#, "null"] {
            let body = choice(&format!(r#""message":{message},{reason}"#));
            let Err(NotAReply::Failure {
                otherwise, cost, ..
            }) = decode(body.as_bytes())
            else {
                panic!("{body} is a reply");
            };
            assert_eq!(otherwise, LmErrorKind::ContextTooLong, "{body}");
            let usage = FailureCost::Usage(Usage::new(9, 4));
            assert_eq!(cost, Some(usage), "it is paid for: {body}");
        }
    }
}

#[test]
fn i16_why_a_reply_ended_decides_before_its_text_is_read() {
    use FinishReason::*;
    for (fields, finish, text) in [
        (
            r#""message":{"content":"[\"red\", \"gre"},"finish_reason":"length""#,
            Length,
            "[\"red\", \"gre",
        ),
        (
            r#""message":{"content":null,"reasoning_content":"hm"},"finish_reason":"length""#,
            Length,
            "",
        ),
        (r#""message":null,"finish_reason":"length""#, Length, ""),
        (
            r#""message":{"content":"a"},"finish_reason":"stop","finish_reason":"length""#,
            Length,
            "a",
        ),
        (
            r#""message":{"content":"a"},"finish_reason":{"type":"length"}"#,
            Length,
            "a",
        ),
        (
            r#""message":{"content":"a"},"finish_details":{"type":"max_tokens"}"#,
            Length,
            "a",
        ),
        (
            r#""message":{"content":"a"},"native_finish_reason":"MAX_TOKENS","finish_reason":null"#,
            Length,
            "a",
        ),
        (
            r#""message":{"content":"a","refusal":"No."},"finish_reason":"length""#,
            Length,
            "a",
        ),
        (
            r#""message":{"content":"I can tell that the"},"finish_reason":"content_filter""#,
            ContentFilter,
            "I can tell that the",
        ),
        (
            r#""message":null,"finish_reason":"content_filter""#,
            ContentFilter,
            "",
        ),
        (r#""finish_reason":"content_filter""#, ContentFilter, ""),
        (
            r#""message":{"role":"assistant"},"finish_reason":"content_filter""#,
            ContentFilter,
            "",
        ),
        (
            r#""message":{"content":null,"refusal":"No."},"finish_reason":"stop""#,
            Refusal,
            "No.",
        ),
        (
            r#""message":{"content":"","refusal":"No."},"finish_reason":"stop""#,
            Refusal,
            "No.",
        ),
        (
            r#""message":{"content":"Yes","refusal":"No."},"finish_reason":"stop""#,
            Refusal,
            "No.",
        ),
        (
            r#""message":{"content":[{"type":"refusal","refusal":"No."}]},"finish_reason":"stop""#,
            Refusal,
            "No.",
        ),
        (
            r#""message":{"content":"No.","refusal":true},"finish_reason":"stop""#,
            Refusal,
            "No.",
        ),
        (
            r#""message":{"content":"Yes","refusal":{"reason":"No."}},"finish_reason":"stop""#,
            Refusal,
            r#"{"reason":"No."}"#,
        ),
        (
            r#""message":{"content":"No."},"finish_reason":"refusal""#,
            Refusal,
            "No.",
        ),
        (r#""message":{"content":"a"},"finish_reason":1"#, Other, "a"),
        (r#""message":{"content":"a"}"#, Other, "a"),
    ] {
        let reply = read(&choice(fields));
        assert_eq!((reply.finish, &*reply.text), (finish, text), "{fields}");
        assert_eq!(
            reply.usage,
            Some(Usage::new(9, 4)),
            "it is paid for: {fields}"
        );
    }
}

#[test]
fn i16_a_failure_inside_of_a_reply_is_one() {
    let choice = |fields: &str| format!(r#"{{"choices":[{{{fields}}}]}}"#);
    let par = r#""message":{"content":"Par"}"#;
    for (body, words, status, cost) in [
        (
            r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"{\"events\": [{\"title\": \"partial"},"finish_reason":"error"}],"usage":{"prompt_tokens":null,"completion_tokens":null,"total_tokens":0}}"#.to_owned(),
            "`error`",
            None,
            Some(FailureCost::Unknown),
        ),
        (
            r#"{"choices":[{"message":{"content":"Par"},"finish_reason":"error"}],"usage":{"prompt_tokens":9,"completion_tokens":4}}"#.to_owned(),
            "`error`",
            None,
            Some(FailureCost::Usage(Usage::new(9, 4))),
        ),
        (choice(&format!(r#"{par},"error":{{"code":502,"message":"upstream died"}}"#)), "upstream died", Some(502), Some(FailureCost::Unknown)),
        (choice(r#""message":{"content":""},"error":{"code":"429"}"#), "429", Some(429), None),
        (choice(r#""message":{"content":""},"finish_reason":"stop","error":{"code":429}"#), "429", Some(429), None),
        (
            r#"{"error":{"code":503,"message":"busy"},"choices":[{"message":{"content":"Paris"},"finish_reason":"stop"}]}"#.to_owned(),
            "busy",
            Some(503),
            Some(FailureCost::Unknown),
        ),
        (r#"{"error":{"code":502}}"#.to_owned(), "502", Some(502), None),
        (r#"{"error":"overloaded"}"#.to_owned(), "overloaded", None, None),
        (r#"{"object":"error","message":"no such thing","code":400}"#.to_owned(), "no such thing", Some(400), None),
        (r#"{"detail":"Not authenticated"}"#.to_owned(), "Not authenticated", None, None),
        (
            r#"{"choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#.to_owned(),
            "insufficient balance",
            None,
            None,
        ),
        (
            "data: {\"choices\":[{\"delta\":{\"content\":\"Par\"}}]}\n\ndata: {\"error\":{\"message\":\"died\",\"code\":502}}\n\n".to_owned(),
            "died",
            Some(502),
            None,
        ),
    ] {
        match decode(body.as_bytes()) {
            Err(NotAReply::Failure { error, cost: billed, .. }) => {
                assert!(error.message.contains(words), "{body}: {}", error.message);
                assert_eq!((error.status, billed), (status, cost), "{body}");
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn calls_of_tools_are_read_however_they_are_written() {
    let reply = read(
        r#"{"choices":[{"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
            "tool_calls":[
                {"id":"c1","type":"function","function":{"name":"add","arguments":"{\"a\":1}"}},
                {"index":1,"function":{"name":"log","arguments":{"b":[2]}}},
                {"id":"c3","function":{"name":"now","arguments":null}},
                {"id":7,"name":"flat","arguments":"{}"},
                {"id":null,"type":"custom"},
                null
            ]}}]}"#,
    );
    assert_eq!(reply.finish, FinishReason::ToolCalls);
    assert_eq!(reply.text, "");
    assert_eq!(
        reply.tool_calls,
        [
            ToolCall::new("c1", "add", r#"{"a":1}"#),
            ToolCall::new("", "log", r#"{"b":[2]}"#),
            ToolCall::new("c3", "now", ""),
            ToolCall::new("7", "flat", "{}"),
            ToolCall::new("", "", ""),
            ToolCall::new("", "", ""),
        ]
    );
    let add = [ToolCall::new("", "add", r#"{"a":1}"#)];
    for message in [
        r#"{"content":null,"function_call":{"name":"add","arguments":"{\"a\":1}"}}"#,
        r#"{"content":null,"tool_calls":{"function":{"name":"add","arguments":{"a":1}}}}"#,
        r#"{"content":[{"type":"tool_use","name":"add","input":{"a":1}}]}"#,
        r#"{"tool_calls":[{"function":"add","arguments":"{\"a\":1}"}],"function_call":{"name":"no"}}"#,
    ] {
        let body = choice(&format!(
            r#""message":{message},"finish_reason":"function_call""#
        ));
        assert_eq!(read(&body).tool_calls, add, "{message}");
    }
    let none = read(r#"{"choices":[{"message":{"content":"a","tool_calls":null}}]}"#);
    assert_eq!(none.tool_calls, []);
    let streamed = read(
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"add\",\"arguments\":\"\"}}]}}]}\n\n\
         data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":\"}}]}}]}\n\n\
         data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"1}\"}},{\"index\":1,\"id\":\"c2\",\"function\":{\"name\":\"now\"}}]}}]}\n\n\
         data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n",
    );
    let calls = [
        ToolCall::new("c1", "add", r#"{"a":1}"#),
        ToolCall::new("c2", "now", ""),
    ];
    assert_eq!(streamed.tool_calls, calls);
}

#[test]
fn usage_is_unknown_where_the_server_reports_what_cannot_be() {
    let with = |message: &str, usage: &str| {
        let body = format!(
            r#"{{"choices":[{{"message":{message},"finish_reason":"stop"}}],"usage":{usage}}}"#
        );
        read(&body).usage
    };
    let zeros = r#"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#;
    assert_eq!(with(r#"{"content":"Paris"}"#, zeros), None);
    assert_eq!(with(r#"{"content":"","reasoning":"hm"}"#, zeros), None);
    assert_eq!(with(r#"{"tool_calls":[{}]}"#, zeros), None);
    assert_eq!(with(r#"{"content":""}"#, zeros), Some(Usage::new(0, 0)));
    assert_eq!(with(r#"{"content":"Paris"}"#, r#""free""#), None);
    assert_eq!(
        with(r#"{"content":"Paris"}"#, "{\"prompt_tokens\":NaN}"),
        None
    );
    let elsewhere = r#"{"choices":[{"message":{"content":"a"}}],"x_groq":{"usage":{"prompt_tokens":5,"completion_tokens":1}}}"#;
    assert_eq!(read(elsewhere).usage, Some(Usage::new(5, 1)));
}

#[test]
fn a_body_without_a_reply_says_why_and_is_tried_again_only_where_that_can_help() {
    for body in [
        "",
        "{",
        "[",
        r#"{"choices":[{"message":{"content":"Par"#,
        r#"{"choices":[]}"#,
        r#"{"choices":null}"#,
        r#"{"choices":[{"finish_reason":"stop"}]}"#,
        r#"{"choices":[{"message":null,"finish_reason":"stop"}]}"#,
        "data: {\"choices\":[{\"delta\":{\"content\":\"Par\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"Par\"",
    ] {
        let read = decode(body.as_bytes());
        assert!(
            matches!(read, Err(NotAReply::Damaged(..))),
            "{body}: {read:?}"
        );
    }
    for body in [
        "[]",
        "null",
        "{}",
        "<html>busy</html>",
        "hello",
        r#"{"object":"list","data":[]}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"Paris"}]}}]}"#,
        r#"{"choices":[4]}"#,
    ] {
        let read = decode(body.as_bytes());
        assert!(
            matches!(read, Err(NotAReply::Foreign(_))),
            "{body}: {read:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = decode(&body);
    }

    #[test]
    fn no_damage_to_a_good_body_panics(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
        let good = r#"{"choices":[{"message":{"content":[{"text":"a\u00e9"}],"refusal":null,"tool_calls":[{"id":"a","function":{"name":"b","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}}"#;
        let mut body = good.as_bytes().to_vec();
        let at = at % body.len();
        body[at] = byte;
        body.truncate(cut.max(1));
        let _ = decode(&body);
    }

    #[test]
    fn no_pieces_of_a_stream_panic(text in "(data: |\\{|\"choices\":|\\[|\\]|\\}|\"delta\"|:|\n|,|\"tool_calls\"|\"index\":0|\"function\":1){0,30}") {
        let _ = decode(text.as_bytes());
    }
}
