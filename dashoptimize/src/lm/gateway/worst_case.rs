//! The most that one call can cost.

use super::budget::{Amount, Refusal};
use crate::lm::chat_model::{MediaSupport, ModelInfo};
use crate::lm::content::MediaKind;
use crate::lm::params::ReplyFormat;
use crate::lm::reply::Usage;
use crate::lm::request::ChatRequest;

/// Tokens that a chat template may add around each message, tool and call, in addition to its text.
const TOKENS_AROUND_MESSAGE: u64 = 16;

/// The most tokens that one call can use, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct WorstCase {
    pub(super) usage: Usage,
    /// Whether the provider can use more, because the reply may be of any length or media count as any
    /// number of tokens.
    pub(super) is_open: bool,
}

impl WorstCase {
    pub(super) fn of(model: &ModelInfo, request: &ChatRequest) -> Self {
        let media = media_tokens(model, request).ok();
        let output = request.params.max_tokens.or(model.max_output_tokens);
        let prompt = longest_prompt(request).saturating_add(media.unwrap_or(0));
        Self {
            usage: Usage::new(prompt, u64::from(output.unwrap_or(0))),
            is_open: media.is_none() || output.is_none(),
        }
    }

    /// The cost is unknown where the usage is, or the price.
    pub(super) fn amount(self, model: &ModelInfo) -> Amount {
        let price = model.price.filter(|_| !self.is_open);
        Amount {
            calls: 1,
            tokens: self.usage.total(),
            usd: price.map(|price| price.cost(self.usage)),
        }
    }
}

/// The most tokens that the texts of a prompt can have. No tokenizer in use makes more tokens of a text
/// than it has bytes; the schema of a reply that must be JSON, and tools, are part of the prompt.
fn longest_prompt(request: &ChatRequest) -> u64 {
    let calls: usize = request
        .messages()
        .map(|message| message.tool_calls.len())
        .sum();
    let messages = (request.messages().count() + calls + request.tools.len()) as u64 + 1;
    let schema = match &*request.format {
        ReplyFormat::JsonSchema { name, schema } => name.len() + schema.to_string().len(),
        ReplyFormat::Text | ReplyFormat::JsonObject => 0,
    };
    (request.bytes() + schema) as u64 + messages * TOKENS_AROUND_MESSAGE
}

/// The most tokens that the media of a prompt can count as.
pub(super) fn media_tokens(model: &ModelInfo, request: &ChatRequest) -> Result<u64, Refusal> {
    let count = request.media();
    let mut tokens: u64 = 0;
    for media in MediaKind::ALL {
        let parts = u64::from(count.of(media));
        tokens = match model.support(media) {
            _ if parts == 0 => tokens,
            MediaSupport::UpTo(most) => tokens.saturating_add(parts.saturating_mul(most.into())),
            MediaSupport::Unsupported | MediaSupport::Unbounded => {
                let model = model.id.clone();
                return Err(Refusal::UnboundedMedia { model, media });
            }
        };
    }
    Ok(tokens)
}
