//! The program that tests start as a worker, because they cannot change their `main`. Started by hand, it
//! runs its first argument in a worker, like any program that calls `serve`; with `--early`, before it
//! calls `serve`. The code can call `echo`, which gives back its argument, and `large`, which gives a text
//! of so many bytes. With `--peak` before the code, the last line is the largest memory of the program in kB.

use dashoptimize::interpreter::{Functions, Interpreter, serve};
use serde_json::{Map, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let measured = arguments.next_if_eq("--peak").is_some();
    let code = arguments.next().unwrap_or_default();
    if code == "--early" {
        let error = Interpreter::new().expect_err("it does not serve yet");
        println!("{error}");
        return Ok(());
    }
    println!("what is printed before is no news");
    serve();
    let functions = Functions::new()
        .with("echo", async |call| Ok(json!(call.args.first())))
        .with("large", async |call| {
            let size = call.args.first().and_then(|size| size.as_u64());
            Ok(json!("x".repeat(size.unwrap_or(0) as usize)))
        });
    let outcome = Interpreter::new()?
        .session()
        .run(&code, Map::new(), &functions)
        .await?;
    println!("{}{}", outcome.output, outcome.ending);
    if !measured {
        return Ok(());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!(
        "{}",
        peak.map_or("", |peak| peak.trim().trim_end_matches(" kB"))
    );
    Ok(())
}
