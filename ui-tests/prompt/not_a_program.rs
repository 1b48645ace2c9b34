use dashoptimize::include_prompt;

struct Plain;

fn main() {
    let prompt = include_prompt!(Plain, "prompt/triage.json");
    println!("{}", prompt.text());
}
