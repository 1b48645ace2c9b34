//! As much of a client of the Language Server Protocol as the tests need: JSON-RPC over the standard
//! streams of `rust-analyzer`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// A guard against a server that hangs; the first start builds the macros.
const PATIENCE: Duration = Duration::from_secs(600);

/// Error of the server: the text changed while it was answering.
const CONTENT_MODIFIED: i64 = -32801;

pub(crate) struct Client {
    server: Child,
    stdin: ChildStdin,
    messages: Receiver<Value>,
    last_id: u64,
    settings: Value,
}

impl Client {
    /// A server that has read the project in `folder`.
    pub(crate) fn start(folder: &Path, settings: Value) -> Self {
        let log = folder.join("rust-analyzer.log");
        let mut server = Command::new("rust-analyzer")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(log).expect("the folder can be written to"))
            .spawn()
            .expect("`rust-analyzer` is on the path; `.ci/run` shows how to install it");
        let stdin = server.stdin.take().expect("piped");
        let messages = read_in_background(server.stdout.take().expect("piped"));
        let mut client = Self {
            server,
            stdin,
            messages,
            last_id: 0,
            settings,
        };
        client.initialize(&uri(folder));
        client.wait_until_quiescent();
        client
    }

    fn initialize(&mut self, root: &str) {
        let capabilities = json!({
            "experimental": { "serverStatusNotification": true },
            "workspace": { "configuration": true, "workspaceEdit": { "documentChanges": true } },
        });
        let params = json!({
            "processId": std::process::id(),
            "rootUri": root,
            "capabilities": capabilities,
            "initializationOptions": self.settings,
        });
        self.request("initialize", &params);
        self.notify("initialized", &json!({}));
    }

    /// Until the server says that it has nothing more to load.
    fn wait_until_quiescent(&mut self) {
        let status = self.wait_for(|message| {
            message["method"] == "experimental/serverStatus"
                && message["params"]["quiescent"] == true
        });
        assert_eq!(status["params"]["health"], "ok", "{status}");
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The result of a request.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        loop {
            self.last_id += 1;
            let id = self.last_id;
            let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
            self.send(&request);
            let is_answer = |message: &Value| message["id"] == id && message["method"].is_null();
            let answer = self.wait_for(is_answer);
            match &answer["error"] {
                Value::Null => return answer["result"].clone(),
                error if error["code"] == CONTENT_MODIFIED => {}
                error => panic!("`{method}` failed: {error}"),
            }
        }
    }

    fn wait_for(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.messages.recv_timeout(PATIENCE);
            let message = message.expect("the server goes on; see `rust-analyzer.log`");
            if is_it(&message) {
                return message;
            }
            self.answer(&message);
        }
    }

    /// Answers what the server asks for. All else is news that no one waits for.
    fn answer(&mut self, message: &Value) {
        let (id, method) = (&message["id"], &message["method"]);
        if id.is_null() || method.is_null() {
            return;
        }
        let result = match message["params"]["items"].as_array() {
            Some(items) if method == "workspace/configuration" => {
                json!(vec![&self.settings; items.len()])
            }
            _ => Value::Null,
        };
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let sent = write!(self.stdin, "Content-Length: {}\r\n\r\n{body}", body.len());
        let sent = sent.and_then(|()| self.stdin.flush());
        sent.expect("the server reads; see `rust-analyzer.log`");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Fails only if the server has ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn read_in_background(stdout: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        // The receiver learns of the end, or of an error, by the sender's drop.
        while let Ok(message) = read(&mut stdout) {
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}

/// One message: headers, an empty line, and as many bytes as a header says.
fn read(stdout: &mut impl BufRead) -> io::Result<Value> {
    let mut length = 0;
    loop {
        let mut header = String::new();
        if stdout.read_line(&mut header)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(value) = header.strip_prefix("Content-Length: ") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if header.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stdout.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}
