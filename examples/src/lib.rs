//! What the examples share: the model that they call.

use std::error::Error;

use dashoptimize::lm::Lm;
use dashoptimize::prelude::OpenAi;

/// The embedded model allocates and frees large blocks all the time; this allocator keeps them.
#[cfg(feature = "local")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The model with this name: `local` (embedded, no key and no server), the path of a GGUF file, or
/// `openai/<name>` with the key in `OPENAI_API_KEY`.
///
/// # Errors
///
/// If the weights cannot be downloaded, or the key is missing.
pub fn model(name: &str) -> Result<Lm, Box<dyn Error>> {
    eprintln!("preparing the model `{name}`");
    match name.strip_prefix("openai/") {
        Some(name) => Ok(OpenAi::from_env(name)?.into()),
        None => local(name),
    }
}

#[cfg(feature = "local")]
fn local(name: &str) -> Result<Lm, Box<dyn Error>> {
    use dashoptimize::lm::local::{LocalModel, Weights};

    let weights = match name {
        "local" => Weights::default(),
        path => Weights::path(path),
    };
    Ok(LocalModel::open(weights)?.into())
}

#[cfg(not(feature = "local"))]
fn local(_: &str) -> Result<Lm, Box<dyn Error>> {
    Err(
        "built without the embedded model; name `openai/<name>`, or build with `--features local`"
            .into(),
    )
}

/// The README, whose Rust blocks are compiled as doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
