use dashoptimize::signature;

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output(check(len(1..=5)))]
    score: f64,
}

fn main() {
    let _ = RateInput { text: String::new() };
    let read = |output: RateOutput| output.score + 1.0;
    let _ = read;
}
