//! A GGUF file: named facts and named matrices.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use candle_core::Device;
use candle_core::quantized::gguf_file::{Content, Value};

use super::error::{Flaw, LocalError};

/// An open file, its header read.
pub(super) struct Gguf<R> {
    content: Content,
    reader: R,
}

impl Gguf<BufReader<File>> {
    /// Opens a file and reads its header.
    pub(super) fn open(path: &Path) -> Result<Self, LocalError> {
        let file = File::open(path).map_err(|source| LocalError::Io {
            path: path.to_path_buf(),
            source,
        })?;
        Self::read(BufReader::new(file)).map_err(|flaw| flaw.at(path))
    }
}

impl<R: Read + Seek> Gguf<R> {
    /// Reads the header.
    pub(super) fn read(mut reader: R) -> Result<Self, Flaw> {
        let content = guarded(|| Content::read(&mut reader))?;
        Ok(Self { content, reader })
    }

    /// The header, as the tokenizer's loader wants it.
    pub(super) const fn content(&self) -> &Content {
        &self.content
    }

    /// A text that must be there.
    pub(super) fn text(&self, key: &str) -> Result<&str, Flaw> {
        let text = self.value(key).and_then(|value| value.to_string().ok());
        text.map(String::as_str).ok_or_else(|| missing("text", key))
    }

    /// A whole number, where it is there.
    pub(super) fn number(&self, key: &str) -> Option<usize> {
        match *self.value(key)? {
            Value::I32(number) => usize::try_from(number).ok(),
            Value::I64(number) => usize::try_from(number).ok(),
            ref value => usize::try_from(value.to_u64().ok()?).ok(),
        }
    }

    /// A whole number above 0 that must be there.
    pub(super) fn size(&self, key: &str) -> Result<usize, Flaw> {
        self.number(key)
            .filter(|&number| number > 0)
            .ok_or_else(|| missing("number above 0", key))
    }

    /// A real number, where it is there.
    pub(super) fn real(&self, key: &str) -> Option<f32> {
        self.value(key)?.to_f32().ok()
    }

    /// A list of texts that must be there.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<&str>, Flaw> {
        let list = self.value(key).and_then(|value| value.to_vec().ok());
        list.and_then(|list| {
            list.iter()
                .map(|text| text.to_string().ok().map(String::as_str))
                .collect()
        })
        .ok_or_else(|| missing("list of texts", key))
    }

    /// Whether there is a matrix of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.content.tensor_infos.contains_key(name)
    }

    /// The sizes of a matrix, rows first.
    pub(super) fn shape(&self, name: &str) -> Result<&[usize], Flaw> {
        let info = self.content.tensor_infos.get(name);
        info.map(|info| info.shape.dims())
            .ok_or_else(|| missing("matrix", name))
    }

    /// The values of a matrix of these sizes, row by row, in full precision.
    pub(super) fn matrix(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Flaw> {
        let found = self.shape(name)?;
        if found != shape {
            return Err(Flaw::malformed(format!(
                "the matrix `{name}` has the size {found:?} instead of {shape:?}"
            )));
        }
        let (content, reader) = (&self.content, &mut self.reader);
        guarded(|| {
            let matrix = content.tensor(reader, name, &Device::Cpu)?;
            matrix.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1()
        })
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.content.metadata.get(key)
    }
}

fn missing(what: &str, name: &str) -> Flaw {
    Flaw::malformed(format!("it has no {what} `{name}`"))
}

/// The reader checks what it reads, yet it was not written for hostile files: sizes that overflow
/// make it panic. Here that is an error like any other.
pub(super) fn guarded<T>(read: impl FnOnce() -> candle_core::Result<T>) -> Result<T, Flaw> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| Flaw::malformed(first_line(&error))),
        Err(_) => Err(Flaw::malformed("its sizes make no sense")),
    }
}

/// Errors of the reader carry a stack trace behind their first line.
fn first_line(error: &candle_core::Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}
