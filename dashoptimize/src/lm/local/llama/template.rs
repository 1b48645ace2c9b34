//! The chat template of a model, which turns messages into one text.

use std::io::{Read, Seek};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, ErrorKind, context};

use crate::lm::Message;
use crate::lm::local::error::Flaw;
use crate::lm::local::weights::Gguf;

/// The template of files that contain none: the form on which most small models are trained.
const CHATML: &str = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + \
    message['content'] + '<|im_end|>' + '\n' }}{% endfor %}\
    {% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/// What a template may do for one prompt, in steps of about 64 bytes: more than any sound one needs, and less
/// than a second of work and 256 MiB.
const FUEL: u64 = 4 << 20;

/// A compiled template.
#[derive(Debug)]
pub(crate) struct ChatTemplate {
    environment: Environment<'static>,
    bos: String,
    eos: String,
}

impl ChatTemplate {
    /// Reads the template of a file.
    pub(crate) fn load<R: Read + Seek>(file: &Gguf<R>) -> Result<Self, Flaw> {
        let tokens = file.texts("tokenizer.ggml.tokens")?;
        let named = |key: &str| {
            let token = file.number(key).and_then(|id| tokens.get(id));
            token.copied().unwrap_or_default().to_owned()
        };
        let source = file.text("tokenizer.chat_template").unwrap_or(CHATML);
        Self::new(
            source,
            named("tokenizer.ggml.bos_token_id"),
            named("tokenizer.ggml.eos_token_id"),
        )
    }

    fn new(source: &str, bos: String, eos: String) -> Result<Self, Flaw> {
        let mut environment = Environment::new();
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .map_err(|error| Flaw::unsupported(error.to_string()))?,
        );
        environment.set_fuel(Some(FUEL));
        environment
            .set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function("raise_exception", refuse);
        environment.add_function("strftime_now", |_: String, _: Kwargs| String::new());
        environment
            .add_template_owned("chat", source.to_owned())
            .map_err(|error| Flaw::unsupported(format!("its chat template ({error})")))?;
        Ok(Self {
            environment,
            bos,
            eos,
        })
    }

    /// The text of a conversation, up to the point where the model answers.
    pub(crate) fn render<'a>(
        &self,
        messages: impl Iterator<Item = &'a Message>,
    ) -> Result<String, Error> {
        let messages: Vec<Value> = messages
            .map(|message| context! { role => message.role.as_str(), content => message.text() })
            .collect();
        self.environment.get_template("chat")?.render(context! {
            messages => messages,
            add_generation_prompt => true,
            bos_token => self.bos.as_str(),
            eos_token => self.eos.as_str(),
        })
    }
}

/// Templates call this when the model does not support the roles of a conversation.
fn refuse(reason: String) -> Result<Value, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(source: &str, messages: &[Message]) -> Result<String, Error> {
        let template = ChatTemplate::new(source, "<s>".into(), "</s>".into()).unwrap();
        template.render(messages.iter())
    }

    #[test]
    fn messages_come_in_order_with_their_roles() {
        let messages = [Message::system("be brief"), Message::user("a < b & c?")];
        assert_eq!(
            render(CHATML, &messages).unwrap(),
            "<|im_start|>system\nbe brief<|im_end|>\n<|im_start|>user\na < b & c?<|im_end|>\n\
             <|im_start|>assistant\n"
        );
    }

    #[test]
    fn templates_can_refuse_and_use_methods_of_python() {
        let refuse = "{{ raise_exception('no system message') }}";
        let error = render(refuse, &[]).unwrap_err();
        assert!(error.to_string().contains("no system message"));
        let strip = "{{ bos_token }}{{ messages[0]['content'].strip() }}";
        let text = render(strip, &[Message::user(" x ")]).unwrap();
        assert_eq!(text, "<s>x");
    }

    #[test]
    fn i12_a_template_that_does_not_end_is_an_error() {
        let nested =
            "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}";
        let large = "{% set s = 'x' * 90000000 %}{{ s }}{{ s }}{{ s }}{{ s }}{{ s }}{{ s }}";
        let grows = "{% set n = namespace(s='x') %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}";
        for source in [nested, large, grows] {
            let error = render(source, &[]).expect_err(source);
            assert_eq!(error.kind(), ErrorKind::OutOfFuel, "{source}: {error}");
        }
        let long = [Message::user("word ".repeat(200_000))];
        assert!(render(CHATML, &long).expect("a long prompt").len() > 1_000_000);
    }

    #[test]
    fn a_broken_template_is_a_flaw_of_the_file() {
        let broken = ChatTemplate::new("{% for %}", String::new(), String::new());
        assert!(matches!(broken, Err(Flaw::Unsupported(_))));
    }
}
