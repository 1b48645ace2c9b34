use dashoptimize::tools;

struct Door;

fn main() {
    let tools = tools![Door];
    assert_eq!(tools.len(), 1);
}
