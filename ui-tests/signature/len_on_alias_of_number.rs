use dashoptimize::signature;

type Stars = f64;

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output(check(len(1..=5)))]
    score: Stars,
}

fn main() {
    let input = RateInput { text: String::new() };
    let _ = input.text.len();
    let read = |output: RateOutput| output.score;
    let _ = read;
}
