//! Everything that a tool may be, and everything that a list of tools may hold.

use std::collections::HashMap;
use std::sync::Arc;

use dashoptimize::lm::BoxFuture;
use dashoptimize::tool::{SimpleTool, Tool, ToolError, ToolSpec, Toolbox};
use dashoptimize::{tool, tools};
use serde_json::{Map, Value};

mod inner {
    /// Public, and imported by one `use` like any function.
    #[dashoptimize::tool]
    pub const fn one() -> u8 {
        1
    }

    #[dashoptimize::tool]
    pub(super) async fn nothing() {}
}

use inner::one;

#[tool]
fn borrow(text: &str) -> usize
{
    text.len()
}

#[tool]
fn part(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}

#[tool]
async fn many(counts: HashMap<String, Vec<u8>>, any: &Value) -> Result<Option<bool>, ToolError> {
    Ok(any.as_bool().filter(|_| counts.is_empty()))
}

#[tool]
fn fail() -> std::io::Result<()> {
    Err(std::io::Error::other("closed"))
}

#[cfg(not(unix))]
#[tool]
fn of_system() -> String {
    "other".to_owned()
}

#[cfg(unix)]
#[tool]
fn of_system() -> String {
    "unix".to_owned()
}

#[tool]
#[deprecated]
#[expect(clippy::must_use_candidate)]
#[cfg(all())]
fn old(#[allow(unused_variables)] x: u8) -> &'static str {
    "old"
}

struct Own(ToolSpec);

impl Tool for Own {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    fn call(&self, _: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>> {
        Box::pin(async { Ok(String::new()) })
    }
}

fn main() {
    let own = Own(ToolSpec::typed("own", "", Vec::new()));
    let simple = SimpleTool::new("simple", "", |text| async move { Ok(text) });
    let shared = Arc::new(simple.clone().with_parameter("text", "what to say"));
    let dynamic: Arc<dyn Tool> = shared.clone();
    let mut list = tools![
        one,
        inner::nothing,
        part,
        self::many,
        crate::fail,
        of_system,
        Arc::new(own),
        &simple,
    ];
    list.extend(tools![old]);
    assert!(Toolbox::new(list.clone()).is_ok());
    assert!(Toolbox::new([&dynamic]).is_ok());
    assert!(Toolbox::new(tools![&shared, &dynamic]).is_err(), "both are called `simple`");
    assert!(Toolbox::new(tools![]).is_ok());
    let names: Vec<&str> = list.iter().map(|tool| &*tool.spec().name).collect();
    assert_eq!(
        names,
        ["one", "nothing", "part", "many", "fail", "of_system", "own", "simple", "old"]
    );
    assert_eq!((one(), part("a b")), (1, "a"));
}
