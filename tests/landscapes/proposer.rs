//! The model that proposes.

use dashoptimize::lm::{ChatRequest, Lm, Scripted};

use super::world::{World, hash, mixed, uniform};

/// The temperature from which on samples differ.
const WARM: f64 = 0.3;

/// A model that writes phrases of a world into whatever it is asked for, whoever asks.
///
/// It keeps the phrases of the last text in its prompt that has any, and adds one: often one that the feedback in
/// the prompt hints at, sometimes none. Some of its replies cannot be used. Without a temperature, all samples of
/// a request are equal, as those of a model are.
pub(crate) fn proposing(world: &'static World, seed: u64) -> Scripted {
    let model = Scripted::new(move |request: &ChatRequest| reply(world, seed, request));
    model.with_id("proposer")
}

/// The same, to be given to an optimizer.
pub(crate) fn proposer(world: &'static World, seed: u64) -> Lm {
    Lm::new(proposing(world, seed))
}

fn reply(world: &World, seed: u64, request: &ChatRequest) -> String {
    let opening = request.prefix.messages()[0].text().to_owned();
    let query = request.turns[request.turns.len() - 1].text();
    let warm = request
        .params
        .temperature
        .is_some_and(|temperature| temperature >= WARM);
    let sample = if warm { request.sample } else { 0 };
    let draw = Draw([seed, hash(&opening), hash(query), u64::from(sample)]);
    if draw.share(0) < world.unreadable {
        return match draw.below(1, 3) {
            0 => "I would rewrite it as follows.".to_owned(),
            1 => String::new(),
            _ => sections(&opening, |_| "```\nFind the word".to_owned()),
        };
    }
    let text = instruction(world, query, &draw);
    sections(&opening, |field| match field {
        name if name.contains("prefix") => label(world, &draw),
        _ => text.clone(),
    })
}

/// Random numbers that depend on the request.
struct Draw([u64; 4]);

impl Draw {
    fn number(&self, of: u64) -> u64 {
        mixed(&[self.0[0], self.0[1], self.0[2], self.0[3], of])
    }

    fn share(&self, of: u64) -> f64 {
        uniform(&[self.number(of)])
    }

    fn below(&self, of: u64, most: usize) -> usize {
        usize::try_from(self.number(of) % most as u64).expect("a small number")
    }
}

fn instruction(world: &World, query: &str, draw: &Draw) -> String {
    let paragraphs = query.split("\n\n").collect::<Vec<_>>();
    let in_text = |text: &str| {
        let phrases = world.phrases.iter().map(|phrase| phrase.text);
        phrases
            .filter(|phrase| text.contains(phrase))
            .collect::<Vec<_>>()
    };
    let mut kept = paragraphs.iter().rev().map(|text| in_text(text));
    let mut phrases = kept.find(|phrases| !phrases.is_empty()).unwrap_or_default();
    if draw.share(2) < 0.2 {
        phrases.clear();
    }
    let hinted = world
        .phrases
        .iter()
        .filter(|phrase| query.contains(phrase.cue));
    let hinted: Vec<&str> = hinted
        .map(|phrase| phrase.text)
        .filter(|text| !phrases.contains(text))
        .collect();
    if !hinted.is_empty() && draw.share(3) < 0.7 {
        phrases.push(hinted[draw.below(4, hinted.len())]);
    } else if !world.phrases.is_empty() && draw.share(3) < 0.9 {
        let phrase = world.phrases[draw.below(4, world.phrases.len())].text;
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    }
    let ways = ["Find", "State", "Give", "Tell", "Say", "Name"];
    let way = ways[draw.below(5, ways.len())];
    format!("{way} what is asked for. {}", phrases.join(" "))
        .trim()
        .to_owned()
}

fn label(world: &World, draw: &Draw) -> String {
    match world.labels {
        [] => "Word:".to_owned(),
        labels => labels[draw.below(6, labels.len())].to_owned(),
    }
}

/// A reply with all the outputs that the prompt asks for.
fn sections(opening: &str, text: impl Fn(&str) -> String) -> String {
    let (_, outputs) = opening
        .split_once("Your output fields are:\n")
        .expect("a prompt");
    let outputs = outputs
        .lines()
        .take_while(|line| line.starts_with(|c: char| c.is_ascii_digit() || c == ' '));
    let sections = outputs.filter(|line| !line.starts_with(' ')).map(|line| {
        let mut parts = line.split('`');
        let name = parts.nth(1).expect("a name");
        let kind = parts.next().expect("a type");
        format!("[[ ## {name} ## ]]\n{}\n\n", value(kind, text(name)))
    });
    sections.collect::<String>() + "[[ ## completed ## ]]"
}

/// The text as a value of this type.
fn value(kind: &str, text: String) -> String {
    let quoted = serde_json::Value::from(text.as_str()).to_string();
    match kind {
        kind if kind.starts_with(" (JSON list") => format!("[{quoted}]"),
        kind if kind.starts_with(" (JSON object") => {
            format!("{{\"answer\": {quoted}, \"hint\": {quoted}}}")
        }
        kind if kind.starts_with(" (true or false") => "true".to_owned(),
        kind if kind.contains("number") => "5".to_owned(),
        _ => text,
    }
}
