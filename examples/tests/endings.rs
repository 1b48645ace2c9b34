//! How the quickstart ends where something else than its work ends it: a reader that has gone away, Ctrl-C, a
//! model that does not exist.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

/// A server that answers every request in the same words, after a while. Returns its address.
fn server(pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || while answer(&stream, pause).is_some() {});
        }
    });
    format!("http://{address}/v1")
}

/// Answers one request of a connection.
fn answer(mut stream: &TcpStream, pause: Duration) -> Option<()> {
    let mut request = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        request.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim().to_lowercase();
        if let Some(found) = line.strip_prefix("content-length:") {
            length = found.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    request.read_exact(&mut vec![0; length]).ok()?;
    thread::sleep(pause);
    let body = r###"{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"[[ ## answer ## ]]\nx"}}],"usage":{"prompt_tokens":5,"completion_tokens":5}}"###;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
    write!(stream, "{head}: {}\r\n\r\n{body}", body.len()).ok()
}

fn quickstart(server: &str, folder: &Path) -> Command {
    quickstart_on("openai/m", server, folder)
}

fn quickstart_on(model: &str, server: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    command
        .args(["--model", model, "--run"])
        .arg(folder)
        .env("OPENAI_API_KEY", "x")
        .env("OPENAI_BASE_URL", server)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = server(Duration::ZERO);
    let mut child = quickstart(&server, dir.path()).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert!(!words(&output).contains("panicked"), "{}", words(&output));
    // What was paid for is in the folder.
    let again = quickstart(&server, dir.path()).output().expect("it ends");
    assert!(String::from_utf8_lossy(&again.stdout).starts_with("VERDICT"));
    assert!(words(&again).contains("come from the journal"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_no_panic() {
    let dir = tempfile::tempdir().expect("a folder");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let output = quickstart(&server(Duration::ZERO), dir.path())
        .stdout(full.expect("the device exists"))
        .output()
        .expect("it ends");
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert!(words(&output).contains("error: cannot write the output: No space left on device"));
}

/// Waits until a reply is recorded.
fn wait_for_reply(child: &mut Child, folder: &Path) {
    let journal = folder.join("journal.jsonl");
    let has_reply =
        || std::fs::read_to_string(&journal).is_ok_and(|text| text.contains("\"reply\""));
    while !has_reply() {
        assert!(
            child.try_wait().expect("it can be asked").is_none(),
            "it ended"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_with_a_word_and_the_run_goes_on_from_there() {
    let dir = tempfile::tempdir().expect("a folder");
    let slow = server(Duration::from_millis(100));
    let mut child = quickstart(&slow, dir.path()).spawn().expect("it starts");
    wait_for_reply(&mut child, dir.path());
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status();
    assert!(sent.is_ok_and(|sent| sent.success()));
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", words(&output));
    let word = format!(
        "interrupted; the same command goes on from {}",
        dir.path().display()
    );
    assert_eq!(words(&output).lines().last(), Some(word.as_str()));
    assert!(output.stdout.is_empty());

    // The model is named by its address, so it is the same server that goes on.
    let again = quickstart(&slow, dir.path()).output().expect("it ends");
    assert_eq!(again.status.code(), Some(0), "{}", words(&again));
    assert!(
        words(&again).contains("come from the journal"),
        "{}",
        words(&again)
    );
}

#[test]
fn a_model_that_does_not_exist_lists_those_that_do() {
    let dir = tempfile::tempdir().expect("a folder");
    let output = quickstart_on("qwen2.5", "http://127.0.0.1:1/v1", dir.path())
        .output()
        .expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let words = words(&output);
    for name in [
        "there is no model `qwen2.5`",
        "`local`",
        "`qwen2.5-coder-0.5b`",
        "GGUF",
        "openai/<name>",
    ] {
        assert!(words.contains(name), "{words}");
    }
}

#[test]
fn a_server_that_cannot_be_reached_is_said_and_is_an_error() {
    let dir = tempfile::tempdir().expect("a folder");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let nowhere = format!("http://{}/v1", port.expect("a port"));
    let output = quickstart(&nowhere, dir.path()).output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        words(&output).contains("Connection refused"),
        "{}",
        words(&output)
    );
}
