//! How much longer or shorter the constant part of a prompt became.

use std::fmt;

use crate::module::Predictor;
use crate::state::PredictorState;

/// Bytes and words of the constant part of a prompt, before and after. Tokens are not counted, because
/// that takes the tokenizer of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PromptSize {
    bytes: [usize; 2],
    words: [usize; 2],
}

impl PromptSize {
    pub(super) fn of(
        predictor: &Predictor,
        before: &PredictorState,
        after: &PredictorState,
    ) -> Self {
        let (adapter, spec) = (predictor.adapter(), predictor.spec());
        let messages = [before, after].map(|state| match state.nearest {
            // The demos depend on the call.
            Some(_) => adapter.opening(spec, state),
            None => adapter.prefix(spec, state),
        });
        let count = |size: fn(&str) -> usize| {
            messages
                .each_ref()
                .map(|messages| messages.iter().map(|m| size(m.text())).sum())
        };
        Self {
            bytes: count(str::len),
            words: count(|text| text.split_whitespace().count()),
        }
    }

    pub(super) const fn bytes_added(&self) -> i64 {
        added(self.bytes)
    }
}

const fn added([before, after]: [usize; 2]) -> i64 {
    after as i64 - before as i64
}

/// `+792`, `−12`, `±0`
pub(super) fn signed(number: i64) -> String {
    match number {
        0 => "±0".to_owned(),
        1.. => format!("+{number}"),
        _ => format!("−{}", number.unsigned_abs()),
    }
}

impl fmt::Display for PromptSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [bytes_before, bytes] = self.bytes;
        let [words_before, words] = self.words;
        write!(
            f,
            "constant prompt: {bytes_before} → {bytes} bytes ({}), {words_before} → {words} words ({})",
            signed(added(self.bytes)),
            signed(added(self.words)),
        )
    }
}
