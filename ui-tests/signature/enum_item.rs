use dashoptimize::signature;

#[signature]
enum Qa {
    Question(String),
    Answer(String),
}

fn main() {
    let _ = Qa::Question(String::new());
}
