//! The run that is interrupted again and again, in this process and in others.

use std::path::Path;
use std::time::Duration;

use dashoptimize::engine::Run;
use dashoptimize::evaluate::{Dataset, Splits};
use dashoptimize::lm::{Budget, OpenAi, Price, Retry};
use dashoptimize::module::{LLMNode, ModuleExt};
use dashoptimize::optimizer::{OptimizeError, Optimized, Optimizer, RandomSearch};
use dashoptimize::signature::make_signature;
use serde::{Deserialize, Serialize};

/// How many calls are in flight at the same time.
pub(crate) const CONCURRENCY: usize = 64;

/// Rows to choose by, and rows to judge by.
const ROWS: usize = 100;

/// A labelled row: a number and its word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    question: String,
    answer: String,
}

fn rows(range: std::ops::Range<usize>) -> Dataset<Row> {
    let row = |number| Row {
        question: format!("what is the word of number {number}?"),
        answer: format!("word{}", number * 7),
    };
    Dataset::from_vec_serde(range.map(row).collect()).expect("rows are JSON")
}

/// The client of a server at this address.
pub(crate) fn client(url: &str) -> OpenAi {
    let builder = OpenAi::builder("m").base_url(url).price(Price::FREE);
    builder.build().expect("good settings")
}

/// Starts the run in this folder, or resumes it.
pub(crate) async fn optimize(
    lm: OpenAi,
    folder: &Path,
    calls: u64,
) -> Result<Optimized<LLMNode<Row>>, OptimizeError> {
    let signature = make_signature("question -> answer", "Answer with the word.");
    let student = LLMNode::new(signature.expect("a good spec"), lm, "quiz").max_tokens(50);
    let data = Splits::builder()
        .train(rows(0..12))
        .val(rows(100..100 + ROWS))
        .holdout(rows(300..300 + ROWS))
        .build()
        .expect("the rows are all different");
    let moment = Duration::from_millis(1);
    let run = Run::folder(folder)
        .budget(Budget::calls(calls))
        .concurrency(CONCURRENCY)
        .retry(Retry::DEFAULT.with_attempts(12).with_waits(moment, moment));
    RandomSearch::new(|gold: &Row, said: &Row| gold.answer == said.answer)
        .seeds(-3..0)
        .max_bootstrapped_demos(3)
        .max_labeled_demos(4)
        .optimize(&student, &data, &run)
        .await
}
