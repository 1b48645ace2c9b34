use dashoptimize::signature;

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output(check(len(1..)))]
    score: bool,
}

fn main() {
    let input = RateInput { text: String::new() };
    let _ = input.text.len();
    let read = |output: RateOutput| output.score;
    let _ = read;
}
