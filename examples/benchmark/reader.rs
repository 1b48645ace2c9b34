//! Time of reading clean replies: from the text to typed values.

use std::collections::BTreeMap;
use std::hint::black_box;

use dashoptimize::adapter::{Adapter, ChatAdapter, JsonAdapter};
use dashoptimize::signature::{SignatureSpec, make_signature};
use serde_json::{Value, json};

use crate::Options;
use crate::measure::{Sample, median, per_call, repeated};
use crate::peers::{DSPY, DSPY_RS, Peer};
use crate::report::{Report, short};

/// How many bytes are read in one repetition.
const BYTES: usize = 8 << 20;

/// A reply as a model writes it, and what reads it.
struct Reply {
    name: &'static str,
    adapter: &'static dyn Adapter,
    spec: SignatureSpec,
    text: String,
}

/// Medians of the CPU time of one reply, by its name.
type Times = BTreeMap<String, f64>;

pub(crate) fn run(options: &Options, report: &mut Report) {
    let replies = replies();
    let measured: Vec<_> = replies.iter().map(measure).collect();
    let dspy_rs = options
        .peer(&DSPY_RS)
        .and_then(|peer| theirs(peer, &replies));
    let dspy = options.peer(&DSPY).and_then(|peer| theirs(peer, &replies));
    let head = [
        "reply",
        "bytes",
        "CPU µs",
        "allocations",
        "÷ serde_json",
        "÷ dspy-rs",
        "÷ DSPy",
    ];
    let against = |times: &Result<Times, String>, reply: &Reply, ours: f64| {
        let time = times.as_ref().ok().and_then(|times| times.get(reply.name));
        time.map_or("-".to_owned(), |time| short(ours / time))
    };
    let rows: Vec<_> = replies
        .iter()
        .zip(&measured)
        .map(|(reply, (ours, allocations, floor))| {
            [
                reply.name.to_owned(),
                reply.text.len().to_string(),
                short(*ours),
                short(*allocations),
                floor.map_or("-".to_owned(), |floor| short(ours / floor)),
                against(&dspy_rs, reply, *ours),
                against(&dspy, reply, *ours),
            ]
        })
        .collect();
    Report::table("READER: one clean reply into values", head, &rows);
    for (reply, (ours, _, floor)) in replies.iter().zip(&measured) {
        if let Some(floor) = floor {
            let what = format!("{}: CPU time ÷ serde_json", reply.name);
            report.at_most(&what, MOST_OF_SERDE, Ok(ours / floor));
        }
    }
    for (peer, times) in [("dspy-rs", &dspy_rs), ("DSPy", &dspy)] {
        let ratio = times.as_ref().map_err(Clone::clone).map(|times| {
            let ratios = replies.iter().zip(&measured).filter_map(|(reply, ours)| {
                let theirs = times.get(reply.name)?;
                Some(ours.0 / theirs)
            });
            ratios.fold(f64::NAN, f64::max)
        });
        let what = format!("the slowest reply against {peer}: CPU time ÷ {peer}");
        report.at_most(&what, 1.0, ratio);
    }
}

/// How many times as long a reply in JSON may take as `serde_json` takes for the same text.
const MOST_OF_SERDE: f64 = 8.0;

fn replies() -> Vec<Reply> {
    const SHORT: &str = "question, context -> answer, confidence: float";
    const LIST: &str = "question, context -> answer: list[dict[str, str]], confidence: float";
    let sentence = "The capital of the country is Paris, which lies on the \"Seine\".\n";
    let text = sentence.repeat(64);
    let people: Vec<Value> = (0..50)
        .map(|number| {
            json!({
                "name": format!("Person number {number}"),
                "city": "Paris",
                "note": "was seen near the river",
            })
        })
        .collect();
    let chat = |answer: &str| {
        format!(
            "[[ ## answer ## ]]\n{answer}\n\n[[ ## confidence ## ]]\n0.9\n\n[[ ## completed ## ]]\n"
        )
    };
    let json = |answer: &Value| json!({"answer": answer, "confidence": 0.9}).to_string();
    let people = Value::from(people);
    let chat_adapter: &dyn Adapter = &ChatAdapter;
    [
        ("chat, short", chat_adapter, SHORT, chat("Paris")),
        ("chat, 4 KB of text", &ChatAdapter, SHORT, chat(&text)),
        (
            "chat, 50 objects",
            &ChatAdapter,
            LIST,
            chat(&people.to_string()),
        ),
        ("JSON, short", &JsonAdapter, SHORT, json(&"Paris".into())),
        (
            "JSON, 4 KB of text",
            &JsonAdapter,
            SHORT,
            json(&text.into()),
        ),
        ("JSON, 50 objects", &JsonAdapter, LIST, json(&people)),
    ]
    .into_iter()
    .map(|(name, adapter, spec, text)| Reply {
        name,
        adapter,
        spec: make_signature(spec, "Answer the question from the context.").expect("well-formed"),
        text,
    })
    .collect()
}

/// Medians of CPU time and allocations, and of the CPU time of `serde_json` for the same text if it is JSON.
/// The two take turns.
fn measure(reply: &Reply) -> (f64, f64, Option<f64>) {
    let parsed = reply.adapter.parse(&reply.spec, &reply.text);
    let parsed = parsed.expect("a clean reply");
    assert_eq!(parsed.receipt.repairs.len(), 0, "{}", reply.name);
    let times = BYTES / (reply.text.len() + 400);
    let is_json = serde_json::from_str::<Value>(&reply.text).is_ok();
    let samples = repeated(|| {
        let ours = per_call(times, || {
            for _ in 0..times {
                let read = reply.adapter.parse(&reply.spec, black_box(&reply.text));
                black_box(read.expect("a clean reply"));
            }
        });
        let floor = is_json.then(|| {
            per_call(times, || {
                for _ in 0..times {
                    let read = serde_json::from_str::<Value>(black_box(&reply.text));
                    black_box(read.expect("JSON"));
                }
            })
        });
        (ours, floor)
    });
    let cpu = |sample: &Sample| sample.cpu_us;
    let floor = median(
        samples
            .iter()
            .filter_map(|(_, floor)| floor.as_ref().map(cpu)),
    );
    (
        median(samples.iter().map(|(ours, _)| cpu(ours))),
        median(samples.iter().filter_map(|(ours, _)| ours.allocations)),
        is_json.then_some(floor),
    )
}

/// What a peer needs for the same texts. It leaves out those that it cannot read.
fn theirs(peer: &Peer, replies: &[Reply]) -> Result<Times, String> {
    let texts: Vec<Value> = replies
        .iter()
        .map(|reply| json!({"name": reply.name, "text": reply.text}))
        .collect();
    let mut samples: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for line in peer.run(&["read", &Value::from(texts).to_string()])? {
        let name = line["reply"].as_str().unwrap_or_default().to_owned();
        let cpu = line["sample"]["cpu_us"].as_f64();
        samples.entry(name).or_default().extend(cpu);
    }
    let medians = samples.into_iter();
    Ok(medians.map(|(name, cpu)| (name, median(cpu))).collect())
}
