use dashoptimize::signature;

#[signature]
fn qa(question: String) -> String {
    question
}

fn main() {
    let _ = qa(String::new());
}
