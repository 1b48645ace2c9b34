//! What `tools![…]` may hold.

use dashoptimize::tool::SimpleTool;
use dashoptimize::tools;

fn search(query: String) -> String {
    query
}

struct Door;

fn main() {
    let of_other_type = tools![&Door, String::from("search")];
    assert_eq!(of_other_type.len(), 2);

    let of_plain_type = tools![Door];
    assert_eq!(of_plain_type.len(), 1);

    let of_plain_function = tools![search];
    assert_eq!((of_plain_function.len(), search(String::new())), (1, String::new()));

    let echo = SimpleTool::new("echo", "Repeats the text.", |text| async move { Ok(text) });
    let of_variable = tools![echo];
    assert_eq!(of_variable.len(), 1);
}
