//! Calls per second to a server over loopback.

use std::collections::BTreeMap;
use std::fmt::Debug;

use dashoptimize::lm::{OpenAi, Price, Scripted};
use dashoptimize::module::{ModuleExt, Predict};
use futures_util::{StreamExt, stream};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::measure::{Sample, median, per_call};
use crate::peers::{DSPY, DSPY_RS, Peer};
use crate::program::{Qa, input, program};
use crate::report::{Report, short};
use crate::{Options, server, single_threaded};

/// Calls in one repetition.
const CALLS: usize = 500;

/// Repetitions. They are short and many because the floors and our side take turns: what the machine
/// does at the time then meets them all.
const TURNS: usize = 41;

const AT_ONCE: [usize; 2] = [1, 16];

/// The two bare loops and our side, measured one after the other: what a call took.
type Turn = [Sample; 3];

/// Calls per second of a peer by number of concurrent calls.
type Speeds = BTreeMap<usize, Vec<f64>>;

pub(crate) fn run(options: &Options, report: &mut Report) {
    let address = match server::start() {
        Ok(address) => format!("http://{address}/v1"),
        Err(error) => return println!("\nno server: {error}"),
    };
    let turns = AT_ONCE.map(|at_once| measure(&address, at_once));
    let theirs = |peer: &Peer| theirs(peer, &address);
    let peers = [&DSPY_RS, &DSPY].map(|peer| (peer.name, options.peer(peer).and_then(theirs)));

    let mut rows = Vec::new();
    for (at_once, turns) in AT_ONCE.into_iter().zip(turns) {
        for (side, name) in ["reqwest, bytes", "reqwest, JSON", "dashoptimize"]
            .iter()
            .enumerate()
        {
            rows.push(row(at_once, name, &turns, side));
        }
        let floor = per_second(median(turns.iter().map(|turn| turn[0].wall_us)));
        for (name, speeds) in &peers {
            rows.push(match speeds {
                Ok(speeds) => peer_row(at_once, name, &speeds[&at_once], floor),
                Err(reason) => missing(at_once, name, reason),
            });
        }
        for (side, floor) in ["bytes", "JSON"].iter().enumerate() {
            let what = format!("calls per second, {at_once} concurrent ÷ bare reqwest, {floor}");
            report.at_least(&what, 0.9, Ok(ratio(&turns, side, 2)));
        }
    }
    let head = [
        "concurrent",
        "",
        "calls/s",
        "÷ bytes",
        "CPU µs, server included",
    ];
    let title = "Whole calls through the OpenAI client, loopback server (medians)";
    Report::table(title, head, &rows);
}

fn measure(address: &str, at_once: usize) -> Vec<Turn> {
    let runtime = single_threaded();
    let bare = Bare::new(address);
    let ours = ours(address);
    let measure = |_| {
        let inputs: Vec<_> = (0..CALLS).map(input).collect();
        [
            per_call(CALLS, || {
                runtime.block_on(all(at_once, (0..CALLS).map(|_| bare.bytes())));
            }),
            per_call(CALLS, || {
                runtime.block_on(all(at_once, (0..CALLS).map(|_| bare.json())));
            }),
            per_call(CALLS, || {
                let calls = inputs.into_iter().map(|input| ours.call(input));
                runtime.block_on(all(at_once, calls));
            }),
        ]
    };
    // The first turn makes the connections.
    (0..=TURNS).map(measure).skip(1).collect()
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

/// The speed of a side over that of a floor.
fn ratio(turns: &[Turn], floor: usize, side: usize) -> f64 {
    median(
        turns
            .iter()
            .map(|turn| turn[floor].wall_us / turn[side].wall_us),
    )
}

/// The floors: a bare client that sends one body, made beforehand.
struct Bare {
    client: reqwest::Client,
    address: String,
    body: Value,
    bytes: Vec<u8>,
}

impl Bare {
    fn new(address: &str) -> Self {
        let messages = program(Scripted::new(|_| ""), 0).render(&input(0));
        let body = json!({ "model": "fixed", "messages": messages });
        Self {
            client: reqwest::Client::new(),
            address: format!("{address}/chat/completions"),
            bytes: body.to_string().into_bytes(),
            body,
        }
    }

    /// Sends the body as bytes made beforehand, and reads the reply as bytes.
    async fn bytes(&self) -> Result<usize, reqwest::Error> {
        let request = self.post().header(CONTENT_TYPE, "application/json");
        let request = request.body(self.bytes.clone());
        let response = request.send().await?.error_for_status()?;
        Ok(response.bytes().await?.len())
    }

    /// Writes the body as JSON, and reads the reply as JSON.
    async fn json(&self) -> Result<Value, reqwest::Error> {
        let request = self.post().json(&self.body);
        request.send().await?.error_for_status()?.json().await
    }

    fn post(&self) -> reqwest::RequestBuilder {
        self.client.post(&self.address).bearer_auth("none")
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

fn row(at_once: usize, name: &str, turns: &[Turn], side: usize) -> [String; 5] {
    let wall = median(turns.iter().map(|turn| turn[side].wall_us));
    let cpu = median(turns.iter().map(|turn| turn[side].cpu_us));
    [
        at_once.to_string(),
        name.to_owned(),
        format!("{:.0}", per_second(wall)),
        short(ratio(turns, 0, side)),
        short(cpu),
    ]
}

fn peer_row(at_once: usize, name: &str, speeds: &[f64], floor: f64) -> [String; 5] {
    let speed = median(speeds.iter().copied());
    [
        at_once.to_string(),
        name.to_owned(),
        format!("{speed:.0}"),
        short(speed / floor),
        "-".to_owned(),
    ]
}

fn missing(at_once: usize, name: &str, reason: &str) -> [String; 5] {
    let mut row = std::array::from_fn(|_| "-".to_owned());
    row[0] = at_once.to_string();
    row[1] = format!("{name}: {reason}");
    row
}
