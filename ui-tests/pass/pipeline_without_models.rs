//! A pipeline may be code only, and may have no inputs.

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
);

fn main() {
    use dashoptimize::lm::{Lm, Scripted};
    use dashoptimize::module::Module;

    let lm = Lm::new(Scripted::replies([""; 0]));
    let runtime = tokio();
    let _ = (Nothing::new(&lm).call(NothingInput {}), runtime);
    let _ = Sum::new(&lm).call(SumInput { numbers: vec![1, 2] });
}

fn tokio() -> &'static str {
    "no runtime is needed to make one"
}
