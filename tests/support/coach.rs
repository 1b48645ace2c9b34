//! A model that answers the quiz the better the better it is instructed, and that writes instructions and rules
//! itself. How good an instruction is, is known.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, LmError, ModelInfo, Permit, Price, Usage,
};

use super::quiz::row;

/// What an instruction has to hold to be good.
pub(crate) const GOOD: &str = "look the word up";

/// What an instruction has to hold to be somewhat better.
pub(crate) const FAIR: &str = "take your time";

type Special = dyn Fn(&ChatRequest) -> Option<Result<ChatReply, LmError>> + Send + Sync;

/// A model that knows 20 % of the answers, 30 % more with a fair instruction, 60 % more with a good one, and 5 %
/// more with each demo. Which ones depends on the question and the sample. It writes the good instruction as its third
/// proposal, and the fair one as its second.
#[derive(Clone, Default)]
pub(crate) struct Coach {
    calls: Arc<AtomicU64>,
    requests: Arc<Mutex<Vec<ChatRequest>>>,
    name: Option<&'static str>,
    special: Option<Arc<Special>>,
}

impl Coach {
    /// A second model, counted on its own.
    pub(crate) fn named(name: &'static str) -> Self {
        Self {
            name: Some(name),
            ..Self::default()
        }
    }

    /// Answers some requests otherwise.
    pub(crate) fn but<F>(self, special: F) -> Self
    where
        F: Fn(&ChatRequest) -> Option<Result<ChatReply, LmError>> + Send + Sync + 'static,
    {
        Self {
            special: Some(Arc::new(special)),
            ..self
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<ChatRequest> {
        self.requests.lock().unwrap().clone()
    }

    /// The requests that ask for a text with this output field.
    pub(crate) fn asked_for(&self, field: &str) -> Vec<ChatRequest> {
        let requests = self.requests().into_iter();
        requests
            .filter(|request| asks_for(request, field))
            .collect()
    }
}

impl ChatModel for Coach {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let call = self.calls.fetch_add(1, Ordering::SeqCst);
            self.requests.lock().unwrap().push(request.clone());
            // Replies come back in another order than they were asked for.
            for _ in 0..call % 7 {
                tokio::task::yield_now().await;
            }
            let special = self.special.as_ref().and_then(|special| special(request));
            special.unwrap_or_else(|| {
                let text = answer(request);
                let usage = Usage::new(request.bytes() as u64 / 4, text.len() as u64);
                Ok(ChatReply::new(text).with_usage(usage))
            })
        })
    }

    fn info(&self) -> ModelInfo {
        ModelInfo::new(self.name.unwrap_or("coach")).with_price(Price::per_1m(1.0, 2.0))
    }
}

/// Whether the request asks for this output field.
pub(crate) fn asks_for(request: &ChatRequest, field: &str) -> bool {
    let opening = request.prefix.messages()[0].text();
    let outputs = opening
        .rsplit("All interactions")
        .next()
        .unwrap_or_default();
    let named = format!("[[ ## {field} ## ]]");
    outputs.contains(&named) && !request.turns[0].text().contains(&named)
}

fn answer(request: &ChatRequest) -> String {
    let reply =
        |field: &str, text: &str| format!("[[ ## {field} ## ]]\n{text}\n\n[[ ## completed ## ]]");
    for (field, text) in [
        ("observations", "numbers and words"),
        ("summary", "Questions for the words of numbers."),
        ("program_description", "It answers questions."),
        ("module_description", "It answers."),
    ] {
        if asks_for(request, field) {
            return reply(field, text);
        }
    }
    if asks_for(request, "proposed_instruction") {
        let text = match request.sample {
            2 => format!("Please {FAIR}."),
            3 => format!("Please {GOOD}."),
            other => format!("Please answer in manner {other}."),
        };
        return reply("proposed_instruction", &text);
    }
    if asks_for(request, "hint") {
        let number = number(request);
        let hint = if knows(request, number ^ 0x55) {
            number
        } else {
            999_999
        };
        return reply("hint", &format!("hint {hint}"));
    }
    if asks_for(request, "module_advice") {
        let advice = ["quiz", "hint", "answer", "again", "query", "output"];
        let advice = advice.map(|name| format!("\"{name}\": \"Please {GOOD}.\""));
        let discussion = "[[ ## discussion ## ]]\nIt did not look.";
        return format!(
            "{discussion}\n\n{}",
            reply("module_advice", &format!("{{{}}}", advice.join(", ")))
        );
    }
    let number = number(request);
    let text = match knows(request, number) {
        true => row(number).answer,
        false => "no idea".to_owned(),
    };
    reply("answer", &text)
}

/// The number that is asked for: the last one in the query.
fn number(request: &ChatRequest) -> usize {
    let query = request.turns[0].text();
    let marker = query.rfind("number ").or_else(|| query.rfind("hint "));
    let rest = marker.map_or("", |at| &query[at..]);
    let digits = rest.chars().skip_while(|c| !c.is_ascii_digit());
    let digits: String = digits.take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn knows(request: &ChatRequest, number: usize) -> bool {
    let messages = request.prefix.messages();
    let opening = messages[0].text();
    let demos = messages.len().saturating_sub(1) / 2;
    let instructed = match () {
        () if opening.contains(GOOD) => 60,
        () if opening.contains(FAIR) => 30,
        () => 0,
    };
    let word = row(number).answer;
    let luck = word.trim_start_matches("word").parse::<usize>();
    // Another sample is a chance for another answer.
    let luck = (luck.unwrap_or(0) + 37 * request.sample as usize) % 100;
    luck < 20 + instructed + 5 * demos
}
