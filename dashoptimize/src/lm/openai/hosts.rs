//! Servers that are known by their host.

pub(super) const OPENAI_URL: &str = "https://api.openai.com/v1";

/// Whether this host is OpenAI itself, in any of its regions.
pub(super) fn is_openai(host: &str) -> bool {
    host == "api.openai.com" || host.ends_with(".api.openai.com")
}

/// Whether the price table applies to this host: it belongs to a maker of the models.
pub(super) fn has_list_prices(host: &str) -> bool {
    const MAKERS: [&str; 2] = ["api.anthropic.com", "generativelanguage.googleapis.com"];
    is_openai(host) || MAKERS.contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_openai_is_openai() {
        assert!(is_openai("api.openai.com") && is_openai("eu.api.openai.com"));
        assert!(!is_openai("api.openai.com.evil.example"));
        assert!(!is_openai("notapi.openai.com"));
    }
}
