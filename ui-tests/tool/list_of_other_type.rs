use dashoptimize::tools;

struct Door;

fn main() {
    let tools = tools![&Door, String::from("search")];
    assert_eq!(tools.len(), 2);
}
