//! `#[signature]` belongs on a struct with named fields and without generics.

use dashoptimize::signature;

#[signature]
enum Enum {
    Question(String),
    Answer(String),
}

#[signature]
fn function(question: String) -> String {
    question
}

#[signature]
struct Tuple(String, String);

#[signature]
struct Unit;

#[signature]
struct Generic<T> {
    #[input]
    question: T,
    #[output]
    answer: String,
}

#[signature]
struct NotData {
    #[input]
    question: Box<dyn std::fmt::Display>,
    #[input]
    context: impl Into<String>,
    #[output]
    answer: std::rc::Rc<String>,
}

fn takes_signature<S: dashoptimize::signature::Signature>(_: S) {}

fn main() {
    let _ = [Enum::Question(String::new()), Enum::Answer(String::new())];
    let _ = function(String::new());
    let _ = (Tuple(String::new(), String::new()), Unit);
    let _ = |input: NotDataInput| input.context;
    let generic = Generic { question: 1, answer: String::new() };
    let _ = generic.answer.len();
    takes_signature(generic);
}
