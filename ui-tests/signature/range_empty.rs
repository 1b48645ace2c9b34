use dashoptimize::signature;

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output(check(1.0..=0.0))]
    score: f64,
}

fn main() {
    let _ = RateInput { text: String::new() };
    let read = |output: RateOutput| output.score + 1.0;
    let _ = read;
}
