//! How errors are shown. The message of an error says everything, its causes included, so `source` has nothing
//! to add; what prints a whole chain, such as `anyhow`, says nothing twice.

use std::error::Error;

/// The message of an error with all its causes. What was already said is not repeated.
pub(crate) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if message.contains(&text) {
            text = message;
        } else if !text.contains(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}

/// Shows the message as `Debug` too, because that is what an error which `main` returns is printed with.
macro_rules! debug_is_message {
    ($($Error:ty),+) => {
        $(impl std::fmt::Debug for $Error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        })+
    };
}

pub(crate) use debug_is_message;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{message}")]
    struct Said {
        message: &'static str,
        #[source]
        cause: Option<Box<Self>>,
    }

    fn chain(messages: &[&'static str]) -> Option<Box<Said>> {
        let (message, causes) = messages.split_first()?;
        let cause = chain(causes);
        Some(Box::new(Said { message, cause }))
    }

    #[test]
    fn every_cause_is_said_once() {
        for (messages, said) in [
            (&["a"][..], "a"),
            (
                &["no index", "no file", "no disk"],
                "no index: no file: no disk",
            ),
            (
                &["no index: no file", "no file", "no disk"],
                "no index: no file: no disk",
            ),
            (
                &["no index: no disk", "no file", "no disk"],
                "no index: no disk: no file",
            ),
            (&["no file", "no file"], "no file"),
            (
                &["no file", "no file: no disk", "no disk"],
                "no file: no disk",
            ),
            (&["", "no disk"], "no disk"),
            (&["no disk", ""], "no disk"),
        ] {
            let error = chain(messages).expect("an error");
            assert_eq!(with_causes(&*error), said, "{messages:?}");
        }
    }
}
