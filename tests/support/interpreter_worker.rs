//! The program that tests start as a worker, because they cannot change their `main`. Started by hand, it
//! runs its first argument in a worker, like any program that calls `serve`; with `--early`, before it
//! calls `serve`.

use dashoptimize::interpreter::{Interpreter, serve};
use serde_json::Map;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let code = std::env::args().nth(1).unwrap_or_default();
    if code == "--early" {
        let error = Interpreter::new().expect_err("it does not serve yet");
        println!("{error}");
        return Ok(());
    }
    println!("what is printed before is no news");
    serve();
    let outcome = Interpreter::new()?
        .session()
        .run(&code, Map::new(), &())
        .await?;
    println!("{}{}", outcome.output, outcome.ending);
    Ok(())
}
