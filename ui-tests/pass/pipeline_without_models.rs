//! A pipeline may consist of code alone, and may have no inputs.

#![deny(warnings)]

use dashoptimize::pipeline;

pipeline!(
    pub fn Nothing() -> u8 {
        7
    }

    pub fn Sum(numbers: Vec<u32>) -> u32 {
        let doubled = for number in numbers {
            number * 2
        };
        let total = doubled.iter().sum();
        total
    }

    pub fn Moved(word: String, others: Vec<String>) -> Vec<String> {
        let all = others.len();
        let said = for item in vec![word] {
            format!("{word} {item} {all}")
        };
        match others.into_iter().next() {
            Some(first) if first == word => vec![first],
            Some(first) => others.iter().map(|other| format!("{first} {other}")).collect(),
            None => said,
        }
    }
);

fn main() {
    use dashoptimize::lm::{Lm, Scripted};
    use dashoptimize::module::ModuleExt;

    let lm = Lm::new(Scripted::replies([""; 0]));
    let runtime = tokio();
    let _ = (Nothing::new(&lm).call(NothingInput {}), runtime);
    let _ = Sum::new(&lm).call(SumInput { numbers: vec![1, 2] });
}

fn tokio() -> &'static str {
    "no runtime is needed to make one"
}
