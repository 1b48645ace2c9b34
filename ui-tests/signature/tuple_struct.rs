use dashoptimize::signature;

#[signature]
struct Qa(String, String);

fn main() {
    let _ = Qa(String::new(), String::new());
}
