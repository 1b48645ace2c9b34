//! What a model can write as an argument, and what it can be told as a result.

use dashoptimize::{tool, tools};

use std::rc::Rc;

struct Secret;

struct Door;

struct Locked;

const WORDS: u8 = 4;

/// Opens the door.
#[tool]
fn argument(key: Secret, door: String) -> String {
    let Secret = key;
    door
}

/// Opens the doors.
#[tool]
fn inside_arguments(keys: &[Secret], spare: Option<Secret>) -> bool {
    keys.is_empty() && spare.is_none()
}

/// Opens the door.
#[tool]
fn result(number: u8) -> Door {
    let _ = number;
    Door
}

/// Opens the door.
#[tool]
fn inside_result(number: u8) -> Result<Door, String> {
    Err(number.to_string())
}

/// Opens the door.
#[tool]
fn error(number: u8) -> Result<String, Locked> {
    let _ = number;
    Err(Locked)
}

#[tool(description = WORDS)]
fn description(door: u8) -> u8 {
    door
}

async fn wait() {}

/// Opens the door.
#[tool]
async fn future(door: u8) -> u8 {
    let shared = Rc::new(door);
    wait().await;
    *shared
}

fn main() {
    let _ = (argument, inside_arguments, result, inside_result, error, description, future);
    let _ = tools![argument, inside_arguments, result, inside_result];
    let _ = tools![error, description, future];
}
