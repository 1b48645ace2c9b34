//! Reads the body of a successful response.
//!
//! A reply is paid for, so no oddity of its body loses it: [`body`] finds the reply in every form in which
//! servers send one. Why the reply ended is decided ([`finish`]) before its text is looked at; then come its
//! [text and calls](written) and its [usage](usage).

mod as_written;
mod body;
mod finish;
mod loose;
mod stream;
mod usage;
mod written;

use serde_json::Value;

use self::body::{Choice, Completion};
use self::finish::Ending;
use self::written::Written;
use crate::lm::error::{FailureCost, LmErrorKind};
use crate::lm::http::{ErrorBody, NotAReply, is_failure};
use crate::lm::reply::{ChatReply, FinishReason, Usage};

pub(super) fn decode(body: &[u8]) -> Result<ChatReply, NotAReply> {
    let mut completion = body::read(body)?;
    let choices = completion.choices.take().unwrap_or_default();
    let Some(mut choice) = choices.into_iter().next() else {
        return Err(NotAReply::Damaged(
            "its `choices` are empty".to_owned(),
            None,
        ));
    };
    let ending = choice.ending();
    let failure = completion.failure().or_else(|| choice.failure());
    let message = choice.message.take().or_else(|| choice.delta.take());
    let has_message = message.is_some() || choice.text.is_some();
    let written = match message {
        Some(message) => message.written(),
        None => Written::of_content(choice.text.take().unwrap_or_default()),
    };
    let finish = match (failure, ending) {
        (Some(error), _) => return Err(failed(error, &completion, &choice, &written)),
        (None, Ending::Failed(reason)) => {
            let error =
                ErrorBody::from_message(format!("the reply ended with the reason {reason}"));
            return Err(failed(error, &completion, &choice, &written));
        }
        (None, Ending::Full(reason)) => {
            let why = format!("its context is full, as the reason {reason} says");
            let error = ErrorBody::from_message(why);
            let cost = cost(&completion, &choice, true);
            return Err(NotAReply::Failure {
                error,
                otherwise: LmErrorKind::ContextTooLong,
                cost,
            });
        }
        (None, Ending::Finished(finish)) => finish,
    };
    if !has_message && !finish.explains_silence() {
        let cost = cost(&completion, &choice, true);
        let why = "its choice has no `message`".to_owned();
        return Err(NotAReply::Damaged(why, cost));
    }
    let worked = written.is_something() || finish == FinishReason::Length;
    let usage = usage_of(&completion, &choice, worked);
    Ok(written.into_reply(finish, usage))
}

impl FinishReason {
    /// Whether a reply that ended for this reason need not have a message.
    const fn explains_silence(self) -> bool {
        matches!(self, Self::Length | Self::ContentFilter | Self::Refusal)
    }
}

fn failed(
    error: ErrorBody,
    completion: &Completion,
    choice: &Choice,
    written: &Written,
) -> NotAReply {
    NotAReply::Failure {
        error,
        otherwise: LmErrorKind::Server,
        cost: cost(completion, choice, written.is_something()),
    }
}

/// What a failed reply is billed. Where the model has written nothing and the server reports nothing, the kind
/// of the failure tells.
fn cost(completion: &Completion, choice: &Choice, worked: bool) -> Option<FailureCost> {
    match usage_of(completion, choice, worked) {
        Some(usage) => Some(FailureCost::Usage(usage)),
        None => worked.then_some(FailureCost::Unknown),
    }
}

fn usage_of(completion: &Completion, choice: &Choice, worked: bool) -> Option<Usage> {
    let places = [
        completion.usage.as_ref(),
        choice.usage.as_ref(),
        completion.groq_usage(),
    ];
    places
        .into_iter()
        .flatten()
        .find_map(|value| usage::read(value, worked))
}

impl Completion {
    fn failure(&self) -> Option<ErrorBody> {
        let said = [&self.error, &self.base_resp];
        said.into_iter().find_map(|error| described(error.as_ref()))
    }

    fn groq_usage(&self) -> Option<&Value> {
        self.x_groq.as_ref()?.get("usage")
    }
}

impl Choice {
    fn failure(&self) -> Option<ErrorBody> {
        described(self.error.as_ref())
    }

    /// Some servers give the reason under another name, and some only the one of the provider behind them.
    fn ending(&self) -> Ending {
        let usual = finish::read(self.finish_reason.as_ref());
        let others = [
            &self.native_finish_reason,
            &self.finish_details,
            &self.stop_reason,
        ];
        match usual {
            Ending::Finished(FinishReason::Other) => others
                .into_iter()
                .map(|reason| finish::read(reason.as_ref()))
                .find(|ending| !matches!(ending, Ending::Finished(FinishReason::Other)))
                .unwrap_or(usual),
            _ => usual,
        }
    }
}

fn described(error: Option<&Value>) -> Option<ErrorBody> {
    error.filter(|error| is_failure(error)).map(ErrorBody::of)
}

#[cfg(test)]
mod tests;
