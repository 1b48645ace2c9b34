//! Mistakes in plain code lie under what was written, and what is suggested for it can be applied.

include!("../fixtures/write.rs");

use std::error::Error;
use std::sync::Arc;

async fn search(query: String, top_k: usize) -> Result<Vec<String>, std::io::Error> {
    Ok(vec![query; top_k])
}

fn count(text: String, more: usize) -> usize {
    text.len() + more
}

fn plain(text: String) -> Vec<String> {
    vec![text]
}

fn first(texts: Vec<String>) -> Option<String> {
    texts.into_iter().next()
}

async fn fetch(text: String) -> Result<String, Box<dyn Error>> {
    Ok(text)
}

#[derive(Debug)]
struct Library;

impl Library {
    async fn find(&self, text: String) -> Vec<String> {
        vec![text]
    }
}

pipeline!(
    fn EndOfOtherType(question: String) -> String {
        let query = Predict::<Write> { question };
        query.text.len()
    }
);

pipeline!(
    fn EndWithTry(question: String) -> String {
        let query = Predict::<Write> { question };
        search(query.text, 3)?
    }
);

pipeline!(
    fn EndWithBranches(question: String) -> String {
        let query = Predict::<Write> { question };
        if query.text.is_empty() { 1 } else { 2 }
    }
);

pipeline!(
    fn EndWithMacro(question: String) -> (String, usize) {
        let query = Predict::<Write> { question };
        format!("{}", query.text)
    }
);

pipeline!(
    fn EndWithNothing(question: String) -> String {
        let query = Predict::<Write> { question };
        println!("{}", query.text)
    }
);

pipeline!(
    fn ArgumentMissing(question: String) -> usize {
        let query = Predict::<Write> { question };
        let found = search(query.text)?;
        found.len()
    }
);

pipeline!(
    fn ArgumentMissingWithoutTry(question: String) -> usize {
        let length = count(question);
        length + 1
    }
);

pipeline!(
    fn ArgumentsSwapped(question: String, top_k: usize) -> usize {
        let found = search(top_k, question)?;
        found.len()
    }
);

pipeline!(
    fn TryOfNoResult(question: String) -> usize {
        let found = plain(question)?;
        found.len()
    }
);

pipeline!(
    fn TryOfAnOption(questions: Vec<String>) -> usize {
        let found = first(questions)?;
        found.len()
    }
);

pipeline!(
    fn TryOfAMethod(question: String) -> usize {
        let length = question.len()?;
        length + 1
    }
);

pipeline!(
    fn ErrorNotSend(question: String) -> usize {
        let found = fetch(question)?;
        found.len()
    }
);

pipeline!(
    fn TryForgotten(question: String, top_k: usize) -> usize {
        let found = search(question, top_k);
        found.len()
    }
);

pipeline!(
    fn AwaitForgotten(question: String, library: Arc<Library>) -> usize {
        let found = library.find(question);
        found.len()
    }
);

pipeline!(
    fn OfWhichType(question: String) -> String {
        let options = Default::default();
        let query = Predict::<Write> { question };
        format!("{} {options:?}", query.text)
    }
);

fn main() {
    call!(EndOfOtherType(EndOfOtherTypeInput), EndWithTry(EndWithTryInput), EndWithBranches(EndWithBranchesInput));
}
