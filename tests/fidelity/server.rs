//! The scripted model behind a real socket, for the originals in Python: `fidelity-server` prints its base URL.
//!
//! `POST /v1/chat/completions` is answered as OpenAI does; `POST /v1/counts` gives what was asked since the last time.

mod model;

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use model::{Model, Turn};
use serde_json::{Value, json};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    println!("http://{}/v1", listener.local_addr()?);
    let model = Arc::new(Model::default());
    for stream in listener.incoming() {
        let (model, stream) = (Arc::clone(&model), stream?);
        // A client that hangs up in the middle concerns nobody else.
        std::thread::spawn(move || serve(&model, &stream));
    }
    Ok(())
}

/// Answers the requests of one connection.
fn serve(model: &Model, mut stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some((path, body)) = request(&mut reader)? {
        let answer = match path.ends_with("/counts") {
            true => model.take_counts(),
            false => completion(model, &serde_json::from_slice(&body)?),
        };
        let answer = answer.to_string();
        let length = answer.len();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
        // In one piece, or the answer waits for the client to acknowledge its head.
        let whole = format!("{head}\r\ncontent-length: {length}\r\n\r\n{answer}");
        stream.write_all(whole.as_bytes())?;
    }
    Ok(())
}

/// Path and body of the next request; `None` at the end of the connection.
fn request(reader: &mut impl BufRead) -> io::Result<Option<(String, Vec<u8>)>> {
    let (mut first, mut length) = (String::new(), 0);
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim().to_lowercase().strip_prefix("content-length:") {
            Some(value) => length = value.trim().parse().map_err(io::Error::other)?,
            None if line.trim().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    Ok(Some((path, body)))
}

/// What OpenAI's API answers.
fn completion(model: &Model, body: &Value) -> Value {
    let turns = turns(body);
    // The model is named after its seed, such as `proposer-3`.
    let seed = body["model"]
        .as_str()
        .and_then(|name| name.rsplit('-').next()?.parse().ok());
    let choices = (0..body["n"].as_u64().unwrap_or(1)).map(|index| {
        let message =
            json!({"role": "assistant", "content": model.reply(seed.unwrap_or(0), &turns)});
        json!({"index": index, "finish_reason": "stop", "message": message})
    });
    json!({
        "id": "scripted",
        "object": "chat.completion",
        "model": body["model"],
        "choices": choices.collect::<Vec<_>>(),
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    })
}

fn turns(body: &Value) -> Vec<Turn> {
    let text = |message: &Value, key: &str| message[key].as_str().unwrap_or_default().to_owned();
    let messages = body["messages"].as_array().into_iter().flatten();
    messages
        .map(|message| (text(message, "role"), text(message, "content")))
        .collect()
}
