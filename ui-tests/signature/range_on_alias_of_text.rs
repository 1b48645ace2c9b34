use dashoptimize::signature;

type Words = String;

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output(check(1..=200))]
    score: Words,
}

fn main() {
    let input = RateInput { text: String::new() };
    let _ = input.text.len();
    let read = |output: RateOutput| output.score;
    let _ = read;
}
