//! A summary of many documents: each one, then all together, until it is short enough.
use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;

/// Summarise the text in one sentence.
#[signature]
struct Summarise {
    #[input]
    text: String,
    #[output]
    summary: String,
}

/// Combine the summaries into one.
#[signature]
struct Combine {
    #[input]
    summaries: Vec<String>,
    #[output]
    summary: String,
}

fn chunks(text: &str, size: usize) -> Vec<String> {
    text.chars().collect::<Vec<_>>().chunks(size).map(|c| c.iter().collect()).collect()
}

pipeline!(
    fn Digest(documents: Vec<String>, max_len: usize) -> String {
        let mut summaries = Vec::with_capacity(documents.len());
        for document in &documents {
            for chunk in chunks(document, 1000) {
                let summary = Predict::<Summarise> { text: chunk }.summary;
                summaries.push(summary);
            }
        }
        let mut digest = Predict::<Combine> { summaries }.summary;
        #[with(at_most = 3)]
        while digest.len() > max_len {
            digest = Predict::<Summarise> { text: digest }.summary;
        }
        digest
    }
);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lm = Scripted::new(|request| {
        let text = request.messages().last().unwrap().text().to_string();
        let summary = if text.contains("## summaries ##") { "a b c d e f" } else { "short" };
        format!("[[ ## summary ## ]]\n{summary}")
    });
    let digest = Digest::new(lm);
    let said = digest.call(DigestInput { documents: vec!["one".into(), "two".into()], max_len: 8 }).await?;
    assert_eq!(said, "short");
    Ok(())
}
