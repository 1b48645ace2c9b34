//! What the examples share: the model that they call, and how they print.

mod output;

use std::error::Error;

use dashoptimize::lm::Lm;
use dashoptimize::prelude::OpenAi;

pub use output::{print_line, print_note};

/// The embedded model allocates and frees large blocks all the time; this allocator keeps them.
#[cfg(feature = "local")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What can be given as the name of a model.
const NAMES: &str = "`local` or `smollm2-135m` (embedded, 98 MB), `qwen2.5-coder-0.5b` (embedded, 491 MB), \
                     `qwen2.5-coder-1.5b` (embedded, 1.1 GB), the path of a GGUF file, or \
                     `openai/<name>` with the key in `OPENAI_API_KEY`";

/// The model with this name: `local` (embedded, no key and no server), another embedded model, the path of
/// a GGUF file, or `openai/<name>` with the key in `OPENAI_API_KEY`.
///
/// # Errors
///
/// If nothing has this name, the weights cannot be downloaded, or the key is missing.
pub fn model(name: &str) -> Result<Lm, Box<dyn Error>> {
    print_note(&format!("preparing the model `{name}`"));
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
        "smollm2-135m" => Weights::smollm2_135m(),
        "qwen2.5-coder-0.5b" => Weights::qwen2_5_coder_0_5b(),
        "qwen2.5-coder-1.5b" => Weights::qwen2_5_coder_1_5b(),
        path if std::path::Path::new(path).exists() => Weights::path(path),
        _ => return Err(format!("there is no model `{name}`; name {NAMES}").into()),
    };
    Ok(LocalModel::open(weights)?.into())
}

#[cfg(not(feature = "local"))]
fn local(name: &str) -> Result<Lm, Box<dyn Error>> {
    Err(format!(
        "`{name}` cannot be opened, because this was built without embedded models: build with \
         `--features local`; models are {NAMES}"
    )
    .into())
}

/// The README, whose Rust blocks are compiled as doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
