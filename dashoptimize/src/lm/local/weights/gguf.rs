//! GGUF files: named metadata values and named matrices.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use candle_core::Device;
use candle_core::quantized::gguf_file::{Content, TensorInfo, Value};

use super::guarded;
use crate::lm::local::error::{Flaw, LocalError};

/// An open file whose header has been read.
pub(crate) struct Gguf<R> {
    content: Content,
    reader: R,
}

/// The bytes that every GGUF file starts with.
const MAGIC: &[u8] = b"GGUF";

/// A file that is something else altogether, such as a text or an empty file, is reported as such.
fn check_magic(reader: &mut (impl Read + Seek)) -> Result<(), Flaw> {
    let mut start = Vec::new();
    let read = reader.take(MAGIC.len() as u64).read_to_end(&mut start);
    let read = read.and_then(|_| reader.rewind());
    read.map_err(|error| Flaw::malformed(error.to_string()))?;
    match start.as_slice() {
        MAGIC => Ok(()),
        [] => Err(Flaw::malformed("it is empty")),
        _ => Err(Flaw::malformed(
            "it is not in GGUF format, because it does not start with `GGUF`",
        )),
    }
}

/// All matrices together are no longer than the file. Without this, a small file whose matrices lie on top of
/// each other would fill the memory.
fn check_lengths(content: &Content, reader: &mut impl Seek) -> Result<(), Flaw> {
    let length = reader.seek(SeekFrom::End(0));
    let length = length.map_err(|error| Flaw::malformed(error.to_string()))?;
    let mut left = length;
    for (name, matrix) in &content.tensor_infos {
        left = length_of(matrix)
            .and_then(|length| left.checked_sub(length))
            .ok_or_else(|| {
                Flaw::malformed(format!(
                    "its matrices, `{name}` among them, are longer than its {length} bytes"
                ))
            })?;
    }
    Ok(())
}

/// The number of bytes of a matrix, if that is a number.
fn length_of(matrix: &TensorInfo) -> Option<u64> {
    let kind = matrix.ggml_dtype;
    let mut sizes = matrix.shape.dims().iter();
    let values = sizes.try_fold(1_usize, |values, size| values.checked_mul(*size))?;
    let length = (values / kind.block_size()).checked_mul(kind.type_size())?;
    u64::try_from(length).ok()
}

impl Gguf<BufReader<File>> {
    /// Opens a file and reads its header.
    pub(crate) fn open(path: &Path) -> Result<Self, LocalError> {
        let file = File::open(path).map_err(LocalError::io(path))?;
        Self::read(BufReader::new(file)).map_err(|flaw| flaw.at(path))
    }
}

impl<R: Read + Seek> Gguf<R> {
    /// Reads the header.
    fn read(mut reader: R) -> Result<Self, Flaw> {
        check_magic(&mut reader)?;
        let content = guarded(|| Content::read(&mut reader))?;
        check_lengths(&content, &mut reader)?;
        Ok(Self { content, reader })
    }

    /// The header, as the loader of the tokenizer expects it.
    pub(crate) const fn content(&self) -> &Content {
        &self.content
    }

    /// A required text.
    pub(crate) fn text(&self, key: &str) -> Result<&str, Flaw> {
        let text = self.value(key).and_then(|value| value.to_string().ok());
        text.map(String::as_str)
            .ok_or_else(|| Flaw::missing("text", key))
    }

    /// An optional integer that is not negative.
    pub(crate) fn number(&self, key: &str) -> Option<usize> {
        match *self.value(key)? {
            Value::I32(number) => usize::try_from(number).ok(),
            Value::I64(number) => usize::try_from(number).ok(),
            ref value => usize::try_from(value.to_u64().ok()?).ok(),
        }
    }

    /// A required integer above 0.
    pub(crate) fn size(&self, key: &str) -> Result<usize, Flaw> {
        self.number(key)
            .filter(|&number| number > 0)
            .ok_or_else(|| Flaw::missing("number above 0", key))
    }

    /// An optional real number.
    pub(crate) fn real(&self, key: &str) -> Option<f32> {
        self.value(key)?.to_f32().ok()
    }

    /// A required list of texts.
    pub(crate) fn texts(&self, key: &str) -> Result<Vec<&str>, Flaw> {
        let list = self.value(key).and_then(|value| value.to_vec().ok());
        list.and_then(|list| {
            list.iter()
                .map(|text| text.to_string().ok().map(String::as_str))
                .collect()
        })
        .ok_or_else(|| Flaw::missing("list of texts", key))
    }

    /// Whether the file has a matrix of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.content.tensor_infos.contains_key(name)
    }

    /// The dimensions of a matrix, rows first.
    pub(crate) fn shape(&self, name: &str) -> Result<&[usize], Flaw> {
        let info = self.content.tensor_infos.get(name);
        info.map(|info| info.shape.dims())
            .ok_or_else(|| Flaw::missing("matrix", name))
    }

    /// The values of a matrix of this shape, row by row, in single precision.
    pub(crate) fn matrix(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Flaw> {
        let found = self.shape(name)?;
        if found != shape {
            return Err(Flaw::shape(name, found, shape));
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// The header of matrices of single precision, with names of one digit, that all start at the same place;
    /// behind it are the values of one of them.
    fn overlapping(count: u8, values: u64) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend(u64::from(count).to_le_bytes());
        bytes.extend(0_u64.to_le_bytes());
        for digit in 0..count {
            bytes.extend(1_u64.to_le_bytes());
            bytes.push(b'0' + digit);
            bytes.extend(1_u32.to_le_bytes());
            bytes.extend(values.to_le_bytes());
            bytes.extend(0_u32.to_le_bytes());
            bytes.extend(0_u64.to_le_bytes());
        }
        bytes.resize(bytes.len().next_multiple_of(32) + 4000, 0);
        bytes
    }

    #[test]
    fn i12_matrices_on_top_of_each_other_are_refused() {
        let read = |count, values| Gguf::read(Cursor::new(overlapping(count, values)));
        assert!(read(1, 1000).is_ok());
        for (count, values) in [
            (2, 1000),
            (9, 1000),
            (1, 1 << 40),
            (1, u64::MAX),
            (9, u64::MAX / 4),
        ] {
            let Err(Flaw::Malformed(what)) = read(count, values).map(|_| ()) else {
                panic!("{count} matrices of {values} values are read");
            };
            assert!(what.contains("are longer than its"), "{what}");
        }
    }

    #[test]
    fn a_file_that_is_no_model_is_reported_as_what_it_is() {
        let files: [(&[u8], &str); 4] = [
            (b"", "it is empty"),
            (b"hello, I am a text", "does not start with `GGUF`"),
            (b"GG", "does not start with `GGUF`"),
            (b"GGML-old", "does not start with `GGUF`"),
        ];
        for (bytes, what) in files {
            let Err(Flaw::Malformed(found)) = Gguf::read(Cursor::new(bytes)).map(|_| ()) else {
                panic!("{bytes:?} is read");
            };
            assert!(found.contains(what), "{found}");
        }
    }
}
