//! RAG with citations.
use std::sync::Arc;

use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;

struct Library {
    docs: Vec<Doc>,
}

#[derive(Clone)]
struct Doc {
    title: String,
    text: String,
}

#[derive(Clone)]
struct Hit {
    doc: Doc,
    score: usize,
}

impl Library {
    async fn search(&self, query: &str, k: usize) -> std::io::Result<Vec<Hit>> {
        let mut hits: Vec<Hit> = self
            .docs
            .iter()
            .map(|doc| Hit {
                doc: doc.clone(),
                score: query.split(' ').filter(|w| doc.text.contains(w)).count(),
            })
            .collect();
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.score));
        hits.truncate(k);
        Ok(hits)
    }
}

/// Write a search query.
#[signature]
struct MakeQuery {
    #[input]
    question: String,
    #[output]
    query: String,
}

/// Answer the question from the passages alone, and cite them by number.
#[signature]
struct AnswerFrom {
    #[input]
    question: String,
    #[input]
    passages: Vec<String>,
    #[output]
    answer: String,
    /// the numbers of the passages that the answer rests on
    #[output]
    citations: Vec<usize>,
}

#[derive(Debug, PartialEq)]
struct Answer {
    text: String,
    sources: Vec<String>,
}

pipeline!(
    /// Answers with sources.
    fn Ask(library: Arc<Library>, question: String) -> Answer {
        let query = Predict::<MakeQuery> { question: question.clone() }.query;
        let mut hits = library.search(&query, 3).await?;
        hits.retain(|hit| hit.score > 0);
        if hits.is_empty() {
            return Answer { text: "I do not know.".to_owned(), sources: vec![] };
        }
        let passages = hits
            .iter()
            .enumerate()
            .map(|(i, hit)| format!("[{i}] {}", hit.doc.text))
            .collect();
        let reply = ChainOfThought::<AnswerFrom> { question, passages };
        let sources = reply
            .citations
            .iter()
            .filter_map(|&i| hits.get(i))
            .map(|hit| hit.doc.title.clone())
            .collect();
        Answer { text: reply.answer, sources }
    }
);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let doc = |title: &str, text: &str| Doc { title: title.to_owned(), text: text.to_owned() };
    let library = Arc::new(Library {
        docs: vec![doc("Bees", "bees make honey"), doc("Ants", "ants carry leaves")],
    });
    let lm = Scripted::new(|request| {
        let text: String = request.messages().map(|m| m.text().to_string()).collect();
        if text.contains("## query ##") {
            return if text.contains("whales") { "[[ ## query ## ]]\nwhales" } else { "[[ ## query ## ]]\nhoney" };
        }
        "[[ ## reasoning ## ]]\nr\n[[ ## answer ## ]]\nbees\n[[ ## citations ## ]]\n[0, 7]"
    });
    let ask = Ask::new(lm);
    let answer = ask.call(AskInput { library: library.clone(), question: "Who makes honey?".into() }).await?;
    assert_eq!(answer, Answer { text: "bees".into(), sources: vec!["Bees".into()] });
    let answer = ask.call(AskInput { library, question: "What do whales eat?".into() }).await?;
    assert_eq!(answer.text, "I do not know.");
    Ok(())
}
