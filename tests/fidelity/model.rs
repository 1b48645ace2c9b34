//! A model that names colours the better the more its prompt tells it, and that also proposes prompts.
//!
//! It is a function of the messages alone, so that optimizers of this crate and the originals in Python meet the
//! same model: ours call it in the process, the originals over HTTP.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What the labels are.
const COLOURS: [&str; 3] = ["red", "green", "blue"];

/// What helps the model, in any order and spelling of letters.
pub(crate) const PHRASES: [&str; 4] = [
    "look at the number",
    "answer in one word",
    "use lower case",
    "do not explain",
];

/// Of each thousand rows, so many are answered rightly without any help.
const UNAIDED: u64 = 250;
/// Each phrase in the instructions adds so many of each thousand.
const BY_PHRASE: u64 = 120;
/// Each of the first four demos adds so many of each thousand.
const BY_DEMO: u64 = 40;

/// One message: its role and its text.
pub(crate) type Turn = (String, String);

/// The right label of a row.
pub(crate) fn label(item: u64) -> &'static str {
    COLOURS[(draw("label", item) % 3) as usize]
}

/// The model, and what it was asked so far.
#[derive(Debug, Default)]
pub(crate) struct Model {
    asked: Mutex<Asked>,
}

/// What a model was asked so far.
#[derive(Debug, Default)]
struct Asked {
    task: u64,
    proposals: u64,
    /// How often each request for a proposal was made: each gets another reply.
    times: HashMap<u64, u64>,
    /// The prompts of the task that were met, without their last turn.
    prompts: std::collections::BTreeSet<u64>,
}

impl Model {
    /// The reply to these messages. With another seed, other prompts are proposed.
    pub(crate) fn reply(&self, seed: u64, turns: &[Turn]) -> String {
        let Some(((_, last), before)) = turns.split_last() else {
            return String::new();
        };
        let opening = turns.first().map_or("", |(_, text)| text);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if opening.contains("[[ ## label ## ]]") {
            asked.task += 1;
            asked.prompts.insert(hash(&format!("{before:?}")));
            return format!("[[ ## label ## ]]\n{}", answer(opening, before, last));
        }
        asked.proposals += 1;
        let key = hash(&format!("{seed} {turns:?}"));
        let times = asked.times.entry(key).or_default();
        *times += 1;
        propose(opening, last, key.wrapping_add(*times))
    }

    /// Calls for the task, calls for proposals, and different prompts of the task, since the last time.
    pub(crate) fn take_counts(&self) -> Value {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = std::mem::take(&mut *asked);
        json!({"task": asked.task, "proposals": asked.proposals, "prompts": asked.prompts.len()})
    }
}

/// What the model answers in the task.
fn answer(opening: &str, before: &[Turn], query: &str) -> &'static str {
    let item = last_number(query);
    let demos = before.iter().filter(|(role, _)| role == "assistant");
    let helped = BY_PHRASE * known(opening).count() as u64 + BY_DEMO * demos.count().min(4) as u64;
    let right = label(item);
    match draw("difficulty", item) % 1000 < UNAIDED + helped {
        true => right,
        false => COLOURS
            .into_iter()
            .find(|other| *other != right)
            .unwrap_or(right),
    }
}

/// A proposal: each output that is asked for gets a text.
fn propose(opening: &str, query: &str, seed: u64) -> String {
    let names = outputs(opening);
    let text = |name: &str| match name {
        _ if name.contains("advice") => {
            let advice = instructions(query, seed);
            json!({"self": advice, "predict": advice}).to_string()
        }
        _ if ["instruction", "rules", "revised"]
            .iter()
            .any(|part| name.contains(part)) =>
        {
            instructions(query, seed)
        }
        _ if name.contains("prefix") => "Label:".to_owned(),
        _ => "Items are named by a number, and each has a colour.".to_owned(),
    };
    if opening.contains("JSON object") {
        let object = names
            .iter()
            .map(|name| ((*name).to_owned(), text(name).into()));
        return Value::Object(object.collect()).to_string();
    }
    let sections = names
        .iter()
        .map(|name| format!("[[ ## {name} ## ]]\n{}", text(name)));
    sections.collect::<Vec<_>>().join("\n\n")
}

/// Instructions that keep most of what the prompt had, and add something now and then.
fn instructions(query: &str, seed: u64) -> String {
    let mut text = "Name the colour of the item.".to_owned();
    for (place, phrase) in PHRASES.iter().enumerate() {
        let drawn = draw(&format!("phrase {place}"), seed) % 10;
        let had = query.to_lowercase().contains(phrase);
        if drawn < if had { 8 } else { 3 } {
            text = format!("{text} Please {phrase}.");
        }
    }
    text
}

/// The phrases that a text has.
fn known(text: &str) -> impl Iterator<Item = &'static str> {
    let text = text.to_lowercase();
    PHRASES
        .into_iter()
        .filter(move |phrase| text.contains(phrase))
}

/// The names of the outputs, which both kinds of prompt list in lines such as "1. `rules` (str): …".
fn outputs(opening: &str) -> Vec<&str> {
    let (_, listed) = opening
        .split_once("Your output fields are:")
        .unwrap_or_default();
    let lines = listed.trim_start().lines();
    lines
        .map_while(|line| line.split_once(". `")?.1.split('`').next())
        .collect()
}

/// The last number in a text.
fn last_number(text: &str) -> u64 {
    let numbers = text.split(|letter: char| !letter.is_ascii_digit());
    let last = numbers.rev().find(|number| !number.is_empty());
    last.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn draw(of: &str, number: u64) -> u64 {
    hash(&format!("{of} {number}"))
}

fn hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(8)
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
