use dashoptimize::tools;

fn search(query: String) -> String {
    query
}

fn main() {
    let tools = tools![search];
    assert_eq!((tools.len(), search(String::new())), (1, String::new()));
}
