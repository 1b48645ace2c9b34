//! A draft that is reviewed and written again, with what the review said.
use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;

/// Write a post about the topic.
#[signature]
struct Write {
    #[input]
    topic: String,
    /// what was wrong with the last draft
    #[input]
    feedback: Option<String>,
    #[output]
    draft: String,
}

/// Review the draft.
#[signature]
struct Review {
    #[input]
    draft: String,
    #[output]
    good_enough: bool,
    #[output]
    comments: String,
}

#[derive(Debug, PartialEq)]
struct Post {
    text: String,
    attempts: u32,
}

#[derive(Debug)]
struct NotGoodEnough;

impl std::fmt::Display for NotGoodEnough {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no draft was good enough")
    }
}

impl std::error::Error for NotGoodEnough {}

pipeline!(
    /// Writes until the review is content.
    fn Author(topic: String) -> Post {
        let mut feedback = None;
        let mut attempts = 0;
        for _ in 0..3 {
            attempts += 1;
            let draft = ChainOfThought::<Write> { topic: topic.clone(), feedback: feedback.clone() }.draft;
            let review = Predict::<Review> { draft: draft.clone() };
            if review.good_enough {
                return Post { text: draft, attempts };
            }
            feedback = Some(review.comments);
        }
        Err(NotGoodEnough)?
    }

    /// The same with `loop`.
    fn Loop(topic: String) -> Post {
        let mut attempts = 1;
        let mut draft = Predict::<Write> { topic: topic.clone(), feedback: None }.draft;
        #[with(at_most = 2)]
        loop {
            let review = Predict::<Review> { draft: draft.clone() };
            if review.good_enough {
                break;
            }
            draft = Predict::<Write> { topic: topic.clone(), feedback: Some(review.comments) }.draft;
            attempts += 1;
        }
        Post { text: draft, attempts }
    }
);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lm = || Scripted::new(|request| {
        let text: String = request.messages().map(|m| m.text().to_string()).collect();
        if text.contains("## good_enough ##") {
            let good = text.contains("second draft");
            return format!("[[ ## good_enough ## ]]\n{good}\n[[ ## comments ## ]]\nshorter");
        }
        let draft = if text.contains("shorter") { "second draft" } else { "first draft" };
        format!("[[ ## reasoning ## ]]\nr\n[[ ## draft ## ]]\n{draft}")
    });
    let post = Author::new(lm()).call(AuthorInput { topic: "bees".into() }).await?;
    assert_eq!(post, Post { text: "second draft".into(), attempts: 2 });
    let post = Loop::new(lm()).call(LoopInput { topic: "bees".into() }).await?;
    assert_eq!(post, Post { text: "second draft".into(), attempts: 2 });
    Ok(())
}
