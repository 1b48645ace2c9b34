//! The run as a process of its own, which is killed: `interrupted-run <url> <folder> <budget of calls>`.

mod run;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, folder, calls] = arguments.as_slice() else {
        panic!("three arguments");
    };
    let calls = calls.parse().expect("a number of calls");
    let ended = run::optimize(run::client(url), folder.as_ref(), calls).await;
    ended.expect("the run is killed before it ends");
}
