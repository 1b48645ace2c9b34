//! A router over four models.
use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;

/// How hard is the question?
#[signature]
struct Rate {
    #[input]
    question: String,
    #[output]
    level: Level,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, FieldType)]
enum Level {
    Trivial,
    Easy,
    Hard,
    Code,
}

/// Answer the question.
#[signature]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

struct Models {
    tiny: Lm,
    small: Lm,
    large: Lm,
    coder: Lm,
}

pipeline!(
    fn Router(question: String) -> String {
        let level = Predict::<Rate> { question: question.clone() }.level;
        let answer = match level {
            Level::Trivial => Predict::<Ask> { question }.answer,
            Level::Easy => Predict::<Ask> { question }.answer,
            Level::Hard => ChainOfThought::<Ask> { question }.answer,
            Level::Code => {
                let code = ChainOfThought::<Ask> { question: format!("{question} Answer with code only.") };
                format!("```\n{}\n```", code.answer)
            }
        };
        answer
    }
);

/// The same by hand.
#[derive(Clone)]
struct ByHand {
    rate: Predict<Rate>,
    tiny: Predict<Ask>,
    small: Predict<Ask>,
    large: ChainOfThought<Ask>,
    coder: ChainOfThought<Ask>,
}

impl ByHand {
    fn new(models: Models) -> Self {
        Self {
            rate: Predict::new(models.tiny.clone()),
            tiny: Predict::new(models.tiny),
            small: Predict::new(models.small),
            large: ChainOfThought::new(models.large),
            coder: ChainOfThought::new(models.coder),
        }
    }

    async fn ask(&self, question: &str) -> Result<String, CallError> {
        let level = self.rate.call(RateInput { question: question.to_owned() }).await?.level;
        let input = AskInput { question: question.to_owned() };
        Ok(match level {
            Level::Trivial => self.tiny.call(input).await?.answer,
            Level::Easy => self.small.call(input).await?.answer,
            Level::Hard => self.large.call(input).await?.output.answer,
            Level::Code => self.coder.call(input).await?.output.answer,
        })
    }
}

fn model(name: &'static str) -> Lm {
    Lm::new(Scripted::new(move |request| {
        let text: String = request.messages().map(|m| m.text().to_string()).collect();
        if text.contains("## level ##") {
            let level = if text.contains("code") { "Code" } else if text.contains("why") { "Hard" } else { "Easy" };
            return format!("[[ ## level ## ]]\n{level}");
        }
        format!("[[ ## reasoning ## ]]\nr\n[[ ## answer ## ]]\n{name}")
    }))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let models = || Models { tiny: model("tiny"), small: model("small"), large: model("large"), coder: model("coder") };
    let by_hand = ByHand::new(models());
    assert_eq!(by_hand.ask("hello").await?, "small");
    assert_eq!(by_hand.ask("why?").await?, "large");

    let mut router = Router::new(models().tiny);
    router.answer_easy = router.answer_easy.lm(models().small);
    assert_eq!(router.call(RouterInput { question: "hello".into() }).await?, "small");
    Ok(())
}
