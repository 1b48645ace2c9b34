//! A type cannot contain itself through another one. The derive sees one of them, so rustc reports it, at the
//! const that is named after the rule.

use dashoptimize::FieldType;

#[derive(Clone, Debug, FieldType)]
struct Tree {
    kids: Vec<Branch>,
}

#[derive(Clone, Debug, FieldType)]
enum Branch {
    Leaf,
    Inner(Box<Tree>),
}

fn main() {
    let _ = Branch::Inner(Box::new(Tree { kids: vec![Branch::Leaf] }));
}
