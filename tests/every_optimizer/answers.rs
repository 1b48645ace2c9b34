//! What the model says. How often an answer is right depends on the instructions and the demos.

use dashoptimize::lm::ChatRequest;
use serde_json::{Value, json};

use crate::support::quiz::row;

/// An instruction that helps.
const HELPS: &str = "Look the word up";

/// The reply with all outputs that the prompt asks for. Of the proposals, some cannot be used.
pub(crate) fn answer(request: &ChatRequest) -> String {
    let opening = request.prefix.messages()[0].text();
    let Some((_, outputs)) = opening.split_once("Your output fields are:\n") else {
        return String::new();
    };
    let is_field = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit() || c == ' ');
    let fields = outputs.lines().take_while(is_field);
    let fields = fields.filter(|line| !line.starts_with(' '));
    let mut reply = String::new();
    for line in fields {
        let mut parts = line.split('`');
        let name = parts.nth(1).unwrap_or_default();
        let kind = parts.next().unwrap_or_default();
        let Some(value) = value(request, name, kind) else {
            return "I would rather not say.".to_owned();
        };
        reply.push_str(&format!("[[ ## {name} ## ]]\n{value}\n\n"));
    }
    reply + "[[ ## completed ## ]]"
}

/// The value of an output. There is none where the model says something else.
fn value(request: &ChatRequest, name: &str, kind: &str) -> Option<String> {
    let query = request.turns[request.turns.len() - 1].text();
    let number = number_in(query);
    let is_done = query.contains("Observation 1");
    let known = match knows(request, number) {
        true => number,
        false => 0,
    };
    match name {
        "answer" => return Some(row(known).answer),
        "again" => return Some(format!("the word of number {known}?")),
        "next_tool_name" if is_done => return Some("finish".to_owned()),
        "next_tool_name" => return Some("look_up".to_owned()),
        "next_tool_args" if is_done => return Some("{}".to_owned()),
        "next_tool_args" => return Some(json!({ "number": number.to_string() }).to_string()),
        "next_thought" | "reasoning" => return Some("So it is.".to_owned()),
        _ => {}
    }
    let draw = draw(request, 0);
    let text = match draw % 6 {
        0 => return None,
        1 | 2 => format!("{HELPS}, way {}.", draw % 97),
        _ => format!("Take your time, way {}.", draw % 97),
    };
    let quoted = Value::from(text.as_str());
    Some(match kind {
        kind if kind.starts_with(" (JSON list") => json!([quoted]).to_string(),
        kind if kind.starts_with(" (JSON object") => {
            let names = [
                "answer", "said", "solved", "first", "second", "quiz", "predict",
            ];
            let agents = ["react", "extract"];
            let advice = names.into_iter().chain(agents);
            Value::from_iter(advice.map(|name| (name, quoted.clone()))).to_string()
        }
        kind if kind.starts_with(" (true or false") => "true".to_owned(),
        kind if kind.contains("number") => "5".to_owned(),
        _ => text,
    })
}

/// The number that a text is about: the last one that it names.
fn number_in(text: &str) -> usize {
    let rest = text.rsplit("number ").next().unwrap_or_default();
    let end = rest.find(|c: char| !c.is_ascii_digit());
    rest[..end.unwrap_or(rest.len())].parse().unwrap_or(0)
}

fn knows(request: &ChatRequest, number: usize) -> bool {
    let messages = request.prefix.messages();
    let helped = match messages[0].text().contains(HELPS) {
        true => 30,
        false => 0,
    };
    let demos = messages.len().saturating_sub(1) as u64 / 2;
    draw(request, number as u64 + 1) % 100 < 40 + helped + 8 * demos
}

/// A number that depends on the whole request.
fn draw(request: &ChatRequest, of: u64) -> u64 {
    let texts = request
        .messages()
        .flat_map(|message| message.text().bytes());
    let hash = texts.fold(of, |hash, byte| mixed(hash ^ u64::from(byte)));
    mixed(hash ^ u64::from(request.sample))
}

/// `SplitMix64`.
pub(crate) fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
