//! A judge of two answers by several criteria.
use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, FieldType)]
enum Criterion {
    Correct,
    Helpful,
    Polite,
}

impl Criterion {
    const ALL: [Self; 3] = [Self::Correct, Self::Helpful, Self::Polite];
}

/// Judge the answer by one criterion.
#[signature]
struct Judge {
    #[input]
    question: String,
    #[input]
    answer: String,
    #[input]
    criterion: Criterion,
    /// from 1 (bad) to 5 (very good)
    #[output(assert(1..=5))]
    grade: u8,
}

#[derive(Debug, PartialEq)]
enum Verdict {
    First(f64),
    Second(f64),
    Tie,
}

fn mean(grades: &[u8]) -> f64 {
    grades.iter().map(|&g| f64::from(g)).sum::<f64>() / grades.len() as f64
}

pipeline!(
    /// The mean grade of one answer.
    fn Grade(question: String, answer: String) -> f64 {
        let mut grades = vec![];
        for criterion in Criterion::ALL {
            let judged = ChainOfThought::<Judge> { question: question.clone(), answer: answer.clone(), criterion };
            grades.push(judged.grade);
        }
        mean(&grades)
    }

    /// Which of two answers is better.
    fn Compare(question: String, first: String, second: String) -> Verdict {
        let a = Grade { question: question.clone(), answer: first };
        let b = Grade { question, answer: second };
        if (a - b).abs() < 0.1 {
            Verdict::Tie
        } else if a > b {
            Verdict::First(a)
        } else {
            Verdict::Second(b)
        }
    }
);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lm = Scripted::new(|request| {
        let text: String = request.messages().map(|m| m.text().to_string()).collect();
        let grade = if text.contains("good answer") { 5 } else { 2 };
        format!("[[ ## reasoning ## ]]\nr\n[[ ## grade ## ]]\n{grade}")
    });
    let compare = Compare::new(lm);
    let input = |first: &str, second: &str| CompareInput { question: "q".into(), first: first.into(), second: second.into() };
    assert_eq!(compare.call(input("good answer", "bad")).await?, Verdict::First(5.0));
    assert_eq!(compare.call(input("bad", "good answer")).await?, Verdict::Second(5.0));
    assert_eq!(compare.call(input("bad", "bad")).await?, Verdict::Tie);
    Ok(())
}
