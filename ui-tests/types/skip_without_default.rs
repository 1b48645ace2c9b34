use dashoptimize::signature;

struct Row(usize);

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: String,
    #[skip]
    row: Row,
}

fn main() {
    let read = |row: Qa| row.row.0;
    let _ = read;
}
