//! Calls per second to a server over loopback.

use std::collections::BTreeMap;
use std::time::Instant;

use dashoptimize::lm::{OpenAi, Price, Scripted};
use dashoptimize::module::{Module, Predict};
use futures_util::{StreamExt, stream};
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::measure::{median, repeated};
use crate::peers::{DSPY, DSPY_RS, Peer};
use crate::program::{Qa, input, program};
use crate::report::{Report, short};
use crate::{Options, server, single_threaded};

/// Calls in one repetition.
const CALLS: usize = 2_000;

const AT_ONCE: [usize; 2] = [1, 16];

/// Calls per second by number of calls at once.
type Speeds = BTreeMap<usize, Vec<f64>>;

pub fn run(options: &Options, report: &mut Report) {
    let address = match server::start() {
        Ok(address) => format!("http://{address}/v1"),
        Err(error) => return println!("\nno server: {error}"),
    };
    let (bare, ours) = measure(&address);
    let theirs = |peer: &Peer| theirs(peer, &address);
    let peers = [&DSPY_RS, &DSPY].map(|peer| (peer.name, options.peer(peer).and_then(theirs)));

    let mut rows = Vec::new();
    for at_once in AT_ONCE {
        let floor = median(bare[&at_once].iter().copied());
        let speed = median(ours[&at_once].iter().copied());
        rows.push(row(at_once, "bare reqwest", floor, floor));
        rows.push(row(at_once, "dashoptimize", speed, floor));
        for (name, speeds) in &peers {
            rows.push(match speeds {
                Ok(speeds) => row(
                    at_once,
                    name,
                    median(speeds[&at_once].iter().copied()),
                    floor,
                ),
                Err(reason) => missing(at_once, name, reason),
            });
        }
        let what = format!("calls per second over loopback, {at_once} at once ÷ bare reqwest");
        report.at_least(&what, 0.9, Ok(speed / floor));
    }
    let head = ["at once", "", "calls/s", "÷ bare"];
    Report::table(
        "Whole calls through the OpenAI client, loopback server (medians)",
        head,
        &rows,
    );
}

/// The bare loop and ours, by turns, so that both meet the same load of the machine.
fn measure(address: &str) -> (Speeds, Speeds) {
    let runtime = single_threaded();
    let bare = Bare::new(address);
    let ours = ours(address);
    let (mut floor, mut speeds) = (Speeds::new(), Speeds::new());
    for at_once in AT_ONCE {
        let pairs = repeated(|| {
            let bare = runtime.block_on(per_second(at_once, |_| bare.call()));
            let ours = runtime.block_on(per_second(at_once, |index| ours.call(input(index))));
            (bare, ours)
        });
        let (bare, ours) = pairs.into_iter().unzip();
        floor.insert(at_once, bare);
        speeds.insert(at_once, ours);
    }
    (floor, speeds)
}

async fn per_second<F, T, E>(at_once: usize, call: impl Fn(usize) -> F) -> f64
where
    F: Future<Output = Result<T, E>>,
    E: std::fmt::Debug,
{
    let begun = Instant::now();
    let mut replies = stream::iter((0..CALLS).map(call)).buffer_unordered(at_once);
    while let Some(reply) = replies.next().await {
        std::hint::black_box(reply.expect("a reply"));
    }
    CALLS as f64 / begun.elapsed().as_secs_f64()
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

fn row(at_once: usize, name: &str, speed: f64, floor: f64) -> [String; 4] {
    [
        at_once.to_string(),
        name.to_owned(),
        format!("{speed:.0}"),
        short(speed / floor),
    ]
}

fn missing(at_once: usize, name: &str, reason: &str) -> [String; 4] {
    [
        at_once.to_string(),
        format!("{name}: {reason}"),
        "-".to_owned(),
        "-".to_owned(),
    ]
}
