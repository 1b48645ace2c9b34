//! Prompts that do not fit the model's context, in the words of all providers.

use crate::lm::http::ErrorBody;

/// Whether a failure says that the prompt is too long.
pub(super) fn is_too_long(error: &ErrorBody) -> bool {
    const CODES: [&str; 10] = [
        "context_length_exceeded",
        "context_window_exceeded",
        "exceed_context_size",
        "model_max_prompt_tokens_exceeded",
        "string_above_max_length",
        "tokens_limit_reached",
        "prompt_too_long",
        "input_too_long",
        "input_too_large",
        "request_too_large",
    ];
    if error.has_code(&CODES) {
        // The code is also given for names and other short texts.
        return !error.has_code(&["string_above_max_length"]) || is_of_prompt(&error.codes);
    }
    says_too_long(&error.message)
}

/// Whether these words say that a prompt is longer than what the model takes. Every provider has its own, so
/// they are taken apart: what is too large must be the prompt, and the limit one of tokens or of a context; a
/// limit of requests over time is another thing, and so is one of the reply alone.
fn says_too_long(message: &str) -> bool {
    const PROMPTS: [&str; 8] = [
        "prompt",
        "input",
        "message",
        "conversation",
        "request",
        "chat history",
        "context",
        "提示",
    ];
    const PHRASES: [&str; 5] = [
        "too long for requested model",
        "range of input length should be",
        "reduce the length of the messages",
        "reduce the length of the prompt",
        "request body too large",
    ];
    let words = Words::new(message);
    if words.has(&RATES) || !is_of_prompt(&words.0) || words.is_about_reply() {
        return false;
    }
    if words.has(&PHRASES) || words.says_so_of(&PROMPTS) {
        return true;
    }
    let of_context = words.has(&[
        "context length",
        "context window",
        "context size",
        "context limit",
    ]);
    let of_prompt =
        words.has(&PROMPTS) && words.has(&["token", "length", "model len", "character"]);
    (of_context || of_prompt || words.has(&["上下文", "输入"])) && words.has(&EXCESS)
}

/// Limits of something over time.
const RATES: [&str; 10] = [
    "per minute",
    "per min",
    "per day",
    "per second",
    "per hour",
    "tpm",
    "rpm",
    "rate limit",
    "quota",
    "credit",
];

/// What is said of a quantity above its limit.
const EXCESS: [&str; 25] = [
    "exceed",
    "too long",
    "too large",
    "too many",
    "too big",
    "longer than",
    "larger than",
    "greater than",
    "more than",
    "bigger than",
    "higher than",
    "over the",
    "above the",
    "overflow",
    "not enough",
    "not fit",
    "must be <=",
    "must have less than",
    "must be less than",
    "only supports up to",
    "maximum context length",
    "maximum prompt length",
    "超",
    "过长",
    "too much",
];

/// Whether words about a part of a request are about its messages, and not about a name or a list in it.
fn is_of_prompt(words: &str) -> bool {
    let of_part = words.contains("messages[") || words.contains("messages.");
    (!of_part || words.contains("content")) && !words.contains("tools[")
}

/// A message in lower case, with spaces for the signs around and inside names.
struct Words(String);

impl Words {
    fn new(message: &str) -> Self {
        // Servers quote prompts after their own words.
        const LONGEST: usize = 1000;
        let start = message.chars().take(LONGEST);
        let plain = |c: char| if "_-`'\"".contains(c) { ' ' } else { c };
        let lower: String = start.flat_map(char::to_lowercase).map(plain).collect();
        Self(lower.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn has(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.0.contains(phrase))
    }

    /// `prompt is too long` and the like, which need no number and no unit.
    fn says_so_of(&self, things: &[&str]) -> bool {
        things.iter().any(|thing| {
            ["", " is", "s are", "s"].iter().any(|verb| {
                let long = format!("{thing}{verb} too long");
                let large = format!("{thing}{verb} too large");
                self.0.contains(&long) || self.0.contains(&large)
            })
        })
    }

    /// Whether the limit is that of the reply: `max_tokens` is larger than the model allows.
    fn is_about_reply(&self) -> bool {
        const REPLIES: [&str; 6] = [
            "max tokens",
            "max completion tokens",
            "max new tokens",
            "max output tokens",
            "output tokens",
            "completion tokens",
        ];
        const PROMPTS: [&str; 5] = [
            "prompt",
            "input",
            "message",
            "conversation",
            "your request has",
        ];
        if !self.has(&REPLIES) {
            return false;
        }
        !self.has(&PROMPTS) || self.asks_for_more_than_the_context()
    }

    /// `max_tokens … is too large: 5000. This model's maximum context length is 4096 …`
    fn asks_for_more_than_the_context(&self) -> bool {
        let asked = self.number_after("is too large: ");
        let context = self.number_after("maximum context length is ");
        matches!((asked, context), (Some(asked), Some(context)) if asked >= context)
    }

    fn number_after(&self, words: &str) -> Option<u64> {
        let (_, rest) = self.0.split_once(words)?;
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_s_words_for_a_prompt_that_is_too_long_are_known() {
        for message in [
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
            "Your input exceeds the context window of this model. Please adjust your input and try again.",
            "Invalid 'messages[0].content': string too long. Expected a string with maximum length 1048576.",
            "prompt is too long: 213462 tokens > 200000 maximum",
            "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again",
            "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).",
            "The input token count exceeds the maximum number of tokens allowed",
            "Unable to submit request because the input token count is 50000 but model only supports up to 32768. Reduce the input token count and try again.",
            "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
            "Please reduce the length of the messages or completion.",
            "the request exceeds the available context size, try increasing it",
            "prompt too long; exceeded max context length by 12 tokens",
            "prompt too long; exceeded context length by 3 tokens",
            "[input_too_large] Current message (1149677 tokens) exceeds budget (975424 tokens)",
            "The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.",
            "Input length (5000) exceeds model's maximum context length (4096).",
            "'max_tokens' or 'max_completion_tokens' is too large: 1000. This model's maximum context length is 4096 tokens and your request has 3500 input tokens (1000 > 4096 - 3500).",
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 512 `max_new_tokens`",
            "`inputs` must have less than 4096 tokens. Given: 5000",
            "Input is too long for requested model.",
            "The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input",
            "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.",
            "too many tokens: size limit exceeded by 300 tokens. Try using shorter or fewer inputs, or enabling prompt truncating.",
            "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000.",
            "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
            "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 5000 tokens: 4000 tokens from the input messages and 1000 tokens for the completion.",
            "The prompt is too long: 140000, model maximum context length: 131071",
            "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
            "prompt token count of 130000 exceeds the limit of 128000",
            "invalid params, context window exceeds limit",
            "Invalid request: Your request exceeded model token limit: 8192 (requested: 10000)",
            "Range of input length should be [1, 30720]",
            "Prompt exceeds max length",
            "Total tokens of image and text exceed max message tokens. Input length 300000 exceeds the maximum length 229376",
            "the number of input tokens 5000 cannot exceed the total tokens limit 4096 for this model",
            "Request body too large for gpt-4o model. Max size: 8000 tokens.",
            "This endpoint's maximum context length is 4096 tokens. However, you requested about 5000 tokens (4000 of text input, 1000 in the output).",
            "The conversation is too long, please start a new one",
            "输入的文本长度超过模型上下文限制",
        ] {
            assert!(is_too_long(&ErrorBody::from_message(message)), "{message}");
        }
        for code in [
            "context_length_exceeded",
            "exceed_context_size_error",
            "prompt_too_long",
        ] {
            let body = format!(r#"{{"error":{{"message":"no","code":"{code}"}}}}"#);
            assert!(is_too_long(&ErrorBody::read(body.as_bytes())), "{code}");
        }
    }

    #[test]
    fn other_limits_are_not_taken_for_that_of_the_context() {
        for message in [
            "Rate limit reached on input tokens per minute: limit 30000, used 29000, requested 5000",
            "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000",
            "Quota exceeded for metric: generate_content_free_tier_input_token_count, limit: 250000",
            "max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.",
            "max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens for this model",
            "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model",
            "'max_tokens' or 'max_completion_tokens' is too large: 5000. This model's maximum context length is 4096 tokens and your request has 20 input tokens (5000 > 4096 - 20).",
            "max_tokens (300000) exceeds the context length (200000)",
            "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
            "Range of max_tokens should be [1, 8192]",
            "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64.",
            "Invalid 'messages[3].tool_calls[0].id': string too long. Expected a string with maximum length 40.",
            "messages.0.content.1.image.source.base64: image exceeds 5 MB maximum",
            "Too many images in the input: at most 10 are allowed",
            "Unsupported value: 'temperature' must be less than 2",
            "messages: text content blocks must be non-empty",
            "This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 4000",
            "Invalid prompt: the response format must be JSON",
            "bad thing",
            "",
        ] {
            assert!(!is_too_long(&ErrorBody::from_message(message)), "{message}");
        }
    }
}
