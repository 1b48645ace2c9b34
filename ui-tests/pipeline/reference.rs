//! One pipeline for each form of Rust that the reference page of `pipeline!` says is not there. The docs of
//! each are the first cell of its row.

include!("../fixtures/write.rs");

#[allow(unused_macros)]
macro_rules! other {
    ($value:expr) => {
        $value
    };
}

pipeline!(
    /// a call of a module as a statement
    fn Unused(question: String) -> String {
        Predict::<Write> { question };
        question
    }
);

pipeline!(
    /// a call of a module in a closure
    fn Closure(question: String) -> Vec<String> {
        let texts = vec![question].into_iter().map(|question| Predict::<Write> { question }.text);
        texts.collect()
    }
);

pipeline!(
    /// a call of a module in `async { … }`
    fn Async(question: String) -> String {
        let text = async { Predict::<Write> { question }.text }.await;
        text
    }
);

pipeline!(
    /// a call of a module in other macros
    fn OtherMacro(question: String) -> String {
        let text = other!(Predict::<Write> { question }.text);
        text
    }
);

pipeline!(
    /// a call of a module in a guard
    fn Guard(question: String) -> bool {
        match question.len() {
            0 if Predict::<Write> { question }.text.is_empty() => true,
            _ => false,
        }
    }
);

pipeline!(
    /// a call of a module in a `let` chain
    fn Chain(question: Option<String>) -> String {
        let text = if let Some(question) = question && (Predict::<Write> { question }.text).is_empty() {
            question
        } else {
            String::new()
        };
        text
    }
);

pipeline!(
    /// `?` behind a call of a module
    fn Attempt(question: String) -> String {
        let query = Predict::<Write> { question }?;
        query.text
    }
);

pipeline!(
    /// `return …` inside of an expression
    fn Return(question: String) -> usize {
        let length = 1 + if question.is_empty() { return 0 } else { question.len() };
        length
    }
);

pipeline!(
    /// `break` or `continue` in a `for` that makes a list
    fn Break(question: String) -> Vec<String> {
        let texts = for word in vec![question] {
            let text = match word.len() {
                0 => break,
                _ => Predict::<Write> { question: word }.text,
            };
            text
        };
        texts
    }
);

pipeline!(
    /// `while` that calls modules, without a bound
    fn Bound(question: String) -> String {
        let mut text = question;
        while text.len() < 9 {
            text = Predict::<Write> { question: text }.text;
        }
        text
    }
);

pipeline!(
    /// `let … = loop { … };` that calls modules
    fn Loop(question: String) -> String {
        let text = loop {
            let query = Predict::<Write> { question };
            break query.text;
        };
        text
    }
);

pipeline!(
    /// `if …` without `else` as a value
    fn WithoutElse(question: String) -> String {
        let text = if question.is_empty() {
            Predict::<Write> { question }.text
        };
        text
    }
);

pipeline!(
    /// `self`
    fn OwnSelf(question: String) -> usize {
        let count = self.predictors().len();
        count + question.len()
    }
);

pipeline!(
    /// `fn`, `struct`, `use` and other items
    fn Items(question: String) -> String {
        fn shout(text: &str) -> String {
            text.to_uppercase()
        }
        question
    }
);

pipeline!(
    /// type parameters, lifetimes
    fn Generic<T>(question: String) -> String {
        question
    }
);

pipeline!(
    /// `where`
    fn Where(question: String) -> String
    where
        String: Clone,
    {
        question
    }
);

pipeline!(
    /// `impl Trait`
    fn Impl(question: String) -> impl std::fmt::Display {
        question
    }
);

pipeline!(
    /// `&str` and other borrowed inputs
    fn Borrowed(question: &str) -> usize {
        question.len()
    }
);

pipeline!(
    /// `async fn`
    async fn AsyncFn(question: String) -> String {
        question
    }
);

pipeline!(
    /// a pipeline that calls itself
    fn Itself(question: String) -> String {
        let text = Itself { question };
        text
    }
);

fn main() {}
