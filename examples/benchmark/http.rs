//! Calls per second to a server over loopback.

use std::collections::BTreeMap;
use std::fmt::Debug;

use dashoptimize::lm::{OpenAi, Price, Scripted};
use dashoptimize::module::{Module, Predict};
use futures_util::{StreamExt, stream};
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::measure::{Sample, median, per_call};
use crate::peers::{DSPY, DSPY_RS, Peer};
use crate::program::{Qa, input, program};
use crate::report::{Report, short};
use crate::{Options, server, single_threaded};

/// Calls in one repetition.
const CALLS: usize = 500;

/// Repetitions. They are short and many because the floor and our side take turns: what the machine
/// does at the time then meets both of a pair.
const PAIRS: usize = 41;

const AT_ONCE: [usize; 2] = [1, 16];

/// The bare loop and our side, measured one after the other: what a call took.
type Pair = [Sample; 2];

/// Calls per second of a peer by number of calls at once.
type Speeds = BTreeMap<usize, Vec<f64>>;

pub(crate) fn run(options: &Options, report: &mut Report) {
    let address = match server::start() {
        Ok(address) => format!("http://{address}/v1"),
        Err(error) => return println!("\nno server: {error}"),
    };
    let pairs = AT_ONCE.map(|at_once| measure(&address, at_once));
    let theirs = |peer: &Peer| theirs(peer, &address);
    let peers = [&DSPY_RS, &DSPY].map(|peer| (peer.name, options.peer(peer).and_then(theirs)));

    let mut rows = Vec::new();
    for (at_once, pairs) in AT_ONCE.into_iter().zip(pairs) {
        let ratio = median(pairs.iter().map(|[bare, ours]| bare.wall_us / ours.wall_us));
        let [bare, ours] = [0, 1].map(|side| pairs.iter().map(move |pair| pair[side]));
        let floor = per_second(median(bare.clone().map(|it| it.wall_us)));
        rows.push(row(at_once, "bare reqwest", floor, 1.0, bare));
        let speed = per_second(median(ours.clone().map(|it| it.wall_us)));
        rows.push(row(at_once, "dashoptimize", speed, ratio, ours));
        for (name, speeds) in &peers {
            rows.push(match speeds {
                Ok(speeds) => {
                    let speed = median(speeds[&at_once].iter().copied());
                    row(at_once, name, speed, speed / floor, [].into_iter())
                }
                Err(reason) => missing(at_once, name, reason),
            });
        }
        let what = format!("calls per second over loopback, {at_once} at once ÷ bare reqwest");
        report.at_least(&what, 0.9, Ok(ratio));
    }
    let head = [
        "at once",
        "",
        "calls/s",
        "÷ bare",
        "CPU µs, server included",
    ];
    let title = "Whole calls through the OpenAI client, loopback server (medians)";
    Report::table(title, head, &rows);
}

fn measure(address: &str, at_once: usize) -> Vec<Pair> {
    let runtime = single_threaded();
    let bare = Bare::new(address);
    let ours = ours(address);
    let measure = |_| {
        let inputs: Vec<_> = (0..CALLS).map(input).collect();
        [
            per_call(CALLS, || {
                runtime.block_on(all(at_once, (0..CALLS).map(|_| bare.call())));
            }),
            per_call(CALLS, || {
                let calls = inputs.into_iter().map(|input| ours.call(input));
                runtime.block_on(all(at_once, calls));
            }),
        ]
    };
    // The first pair makes the connections.
    (0..=PAIRS).map(measure).skip(1).collect()
}

async fn all<T, E: Debug>(
    at_once: usize,
    calls: impl Iterator<Item: Future<Output = Result<T, E>>>,
) {
    let mut replies = stream::iter(calls).buffer_unordered(at_once);
    while let Some(reply) = replies.next().await {
        std::hint::black_box(reply.expect("a reply"));
    }
}

fn per_second(wall_us: f64) -> f64 {
    1e6 / wall_us
}

/// The floor: a client that sends one body, made beforehand, and reads the reply as bytes.
struct Bare {
    client: reqwest::Client,
    address: String,
    body: Vec<u8>,
}

impl Bare {
    fn new(address: &str) -> Self {
        let messages = program(Scripted::new(|_| ""), 0).render(&input(0));
        Self {
            client: reqwest::Client::new(),
            address: format!("{address}/chat/completions"),
            body: json!({ "model": "fixed", "messages": messages })
                .to_string()
                .into_bytes(),
        }
    }

    async fn call(&self) -> Result<usize, reqwest::Error> {
        let request = self.client.post(&self.address).bearer_auth("none");
        let request = request
            .header(CONTENT_TYPE, "application/json")
            .body(self.body.clone());
        Ok(request
            .send()
            .await?
            .error_for_status()?
            .bytes()
            .await?
            .len())
    }
}

fn ours(address: &str) -> Predict<Qa> {
    let lm = OpenAi::builder("fixed")
        .base_url(address)
        .api_key("none")
        .price(Price::FREE);
    program(lm.build().expect("the settings are right"), 0)
}

fn theirs(peer: &Peer, address: &str) -> Result<Speeds, String> {
    let mut speeds = Speeds::new();
    for line in peer.run(&["http", address])? {
        let at_once = line["at_once"].as_u64().unwrap_or(0) as usize;
        speeds
            .entry(at_once)
            .or_default()
            .extend(line["per_second"].as_f64());
    }
    match AT_ONCE.iter().all(|at_once| speeds.contains_key(at_once)) {
        true => Ok(speeds),
        false => Err("its harness left out results".to_owned()),
    }
}

fn row(
    at_once: usize,
    name: &str,
    speed: f64,
    ratio: f64,
    samples: impl ExactSizeIterator<Item = Sample>,
) -> [String; 5] {
    let cpu = match samples.len() {
        0 => "-".to_owned(),
        _ => short(median(samples.map(|sample| sample.cpu_us))),
    };
    [
        at_once.to_string(),
        name.to_owned(),
        format!("{speed:.0}"),
        short(ratio),
        cpu,
    ]
}

fn missing(at_once: usize, name: &str, reason: &str) -> [String; 5] {
    let mut row = std::array::from_fn(|_| "-".to_owned());
    row[0] = at_once.to_string();
    row[1] = format!("{name}: {reason}");
    row
}
