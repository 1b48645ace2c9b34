use dashoptimize::tool::SimpleTool;
use dashoptimize::tools;

fn main() {
    let echo = SimpleTool::new("echo", "Says it again.", |text| async move { Ok(text) });
    let tools = tools![echo];
    assert_eq!(tools.len(), 1);
}
